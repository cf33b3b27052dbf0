import BenchSupport

/// A synchronous `main`: under valgrind an asynchronous one crashes at exit.
@main
struct BenchClient {
    static func main() {
        BenchProgram.run(Modes.all)
    }
}
