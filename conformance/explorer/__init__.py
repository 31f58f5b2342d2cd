"""One engine that makes objects, does things to them, and looks at what everybody is shown afterwards."""
