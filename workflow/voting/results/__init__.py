"""The result file (`result/1`): a counted vote that anybody can count again from this file alone."""
