from web.ops import gunicorn_hooks
from workflow.base.i18n import DEFAULT, translator


def test_sentences_are_read_before_workers_are_divided_and_not_again_in_each() -> None:
    translator.cache_clear()
    gunicorn_hooks.pre_fork(None, None)
    reads = translator.cache_info().misses
    translator(DEFAULT)
    assert (reads, translator.cache_info().misses) == (1, 1)
