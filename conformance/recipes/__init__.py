"""How to reach a state: one cause a code, one factory a resource. No recipe knows more than one of them."""
