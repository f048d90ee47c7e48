"""`python -m camshaft`: the command line, for when the script is not on the path."""

from camshaft.cli.main import main

if __name__ == "__main__":
    main()
