"""The face on the screen: pages, the JSON API and the command line."""
