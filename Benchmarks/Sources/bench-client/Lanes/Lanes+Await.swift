import BareNIO
import BenchSupport

extension Lanes {
    /// One ordinary task per lane: each `await` crosses from the pool to the loop and back.
    func runWithAwait(_ requests: Int) throws -> Int {
        try waitForTask {
            await sumInTasks(Array(zip(lanes, shares(of: requests, among: lanes.count)))) { lane, share in
                await countBad(lane, request, times: share)
            }
        }
    }
}

/// Runs where its caller runs, so that it serves both callers on the loop and off it.
func countBad(_ lane: some BareConnection, _ request: BareRequest, times: Int) async -> Int {
    var bad = 0
    for _ in 0..<times {
        do {
            let response = try await lane.response(to: request)
            if !response.isGood { bad += 1 }
        } catch {
            bad += 1
        }
    }
    return bad
}
