"""An edition seen as a whole: the board, figures with the lists behind them, the projects in implementation."""
