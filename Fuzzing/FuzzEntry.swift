#if FUZZER
import Glibc

private let target: FuzzTarget = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else { fatalError("FUZZ_TARGET names no target") }
    return target
}()

/// What libFuzzer calls for each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
#else
import Glibc

/// Without libFuzzer: answers to inputs for the comparison with other parsers, and times.
///
///     parsers answers TARGET   hexadecimal inputs, one a line, on stdin; an answer a line on stdout
///     parsers times            seconds for inputs of growing size
@main
struct Parsers {
    static func main() {
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == "answers", let target = FuzzTarget(rawValue: arguments[2]) {
            while let line = readLine() { print(target.answer(bytes(line))) }
        } else if arguments.count == 2, arguments[1] == "times" {
            for target in FuzzTarget.allCases { target.printTimes() }
        } else {
            print("usage: parsers answers TARGET | parsers times")
            exit(2)
        }
    }

    private static func bytes(_ line: String) -> [UInt8] {
        let digits = line.utf8.compactMap(\.hexValue)
        return stride(from: 0, to: digits.count - digits.count % 2, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
#endif
