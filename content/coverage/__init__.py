"""What a network of hubs covers and lacks: pure counting over what hubs published for everybody."""
