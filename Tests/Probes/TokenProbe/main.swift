#if NIO && OAuth
// A process of its own for proofs that kill processes: `serve` is a hostile authorization server on loopback, `client`
// holds a login in a file store. Both are told what to do by JSON lines on stdin and answer each with one on stdout.

var arguments = Array(CommandLine.arguments.dropFirst())
let mode = arguments.isEmpty ? "" : arguments.removeFirst()
let options = try ProbeOptions(arguments)
switch mode {
case "serve": try await ServingProbe(options).run()
case "client": try await ClientProbe(options).run()
default: throw ProbeFailure("usage: tessera-token-probe serve|client --name value …")
}
#endif
