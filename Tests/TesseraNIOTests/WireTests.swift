#if NIO
import Foundation
import Testing

/// Tests that measure the time of sockets and flood them: beside a thousand others on two cores their limits would
/// measure the machine. `Scripts/test` runs them in a pass of their own.
extension Trait where Self == ConditionTrait {
    static var wire: Self {
        .enabled("run by Scripts/test in a pass of their own (TESSERA_WIRE_TESTS=1)") {
            ProcessInfo.processInfo.environment["TESSERA_WIRE_TESTS"] == "1"
        }
    }
}
#endif
