"""The presentation of projects at a conference: agenda, order, projector, remote control."""
