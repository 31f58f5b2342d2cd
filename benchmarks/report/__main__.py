"""`python -m benchmarks.report`: plot and page again, of the results that the repository holds."""

import click

from benchmarks.report import results


@click.command()
def main() -> None:
    """Measure nothing; write the plot and the generated part of the page."""
    committed = results.read_committed()
    if committed is None:
        raise click.ClickException(f"there is no {results.FILE}; make bench writes it")
    results.render(committed, results.ROOT)


if __name__ == "__main__":
    main()
