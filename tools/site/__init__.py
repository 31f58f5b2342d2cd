"""The site of the documents: pages made of what stands elsewhere, and their assembly."""
