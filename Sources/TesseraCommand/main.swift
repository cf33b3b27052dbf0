import TesseraCLI

await TesseraCommandLine.main()
