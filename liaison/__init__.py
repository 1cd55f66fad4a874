"""The network: authorities, posts, officers; how they sign in; the key log, vaults and directory; audit."""
