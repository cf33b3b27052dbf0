import TesseraCore
import TesseraTelemetry
import TesseraTesting
import Testing

/// Each event, as a source might report it.
enum SampleEvents {
    static let all: [TokenEvent] =
        TokenOccasion.allCases.map { .requested($0) } + TokenRejection.allCases.map { .rejected(generation: 7, $0) }
        + TokenEvent.Departure.allCases.map { .left($0) } + [
            .obtained(
                .init(
                    tag: "[secret:0011223344]", generation: 7, lifetime: .seconds(60), requests: 2,
                    duration: .milliseconds(250), isUnchanged: false)),
            .failed(
                .init(
                    code: .tokenRequestRefused, authorizationError: "invalid_client", isRefusal: true,
                    isOldTokenServed: false, wait: .seconds(40), duration: .milliseconds(30))),
            .failed(
                .init(
                    code: .tokenEndpointUnavailable, authorizationError: nil, isRefusal: false, isOldTokenServed: true,
                    wait: .seconds(40), duration: .seconds(10))),
            .overdue, .throttled(wait: .seconds(6)), .invalidated,
        ]
    static let source = TokenSourceName(
        .user(issuer: "https://login.test", client: "billing", subject: "alice@example.com"))
}

@Suite struct `Telemetry` {
    @Test func `has an example of each event`() {
        #expect(SampleEvents.all.count == 18)
    }
}
