namespace Multiprocessing.Fuzz;

/// <summary>All targets. The tests run each of them with random changes, and <c>eng/fuzz.sh</c> with those that afl-fuzz derives from the coverage.</summary>
public static class FuzzTargets
{
    private static readonly Dictionary<string, Func<FuzzTarget>> ByName = new(StringComparer.Ordinal)
    {
        ["frames"] = static () => new FrameTarget(FrameTarget.Recorded),
        ["any-bytes"] = static () => new FrameTarget([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ["challenge"] = static () => new ChallengeTarget(),
        ["client-handshake"] = static () => new ClientHandshakeTarget(),
        ["listener-handshake"] = static () => new ListenerHandshakeTarget(),
        ["objects"] = PayloadTarget.Objects,
        ["arrays"] = PayloadTarget.Arrays,
        ["collections"] = PayloadTarget.Collections,
        ["leaves"] = PayloadTarget.Leaves,
        ["registered-objects"] = RegisteredTarget.Objects,
        ["registered-items"] = RegisteredTarget.Items,
        ["named-types"] = RegisteredTarget.NamedTypes,
        ["exceptions"] = static () => new RegisteredExceptionTarget(),
        ["manager-calls"] = static () => new ManagerCallTarget(),
        ["content-references"] = static () => new SharedContentTarget(),
        ["shared-inputs"] = static () => new SharedInputTarget(),
        ["status-file"] = static () => new StatusFileTarget(),
        ["cluster-node"] = ClusterTarget.OfNode,
        ["cluster-caller"] = ClusterTarget.OfCaller,
        ["session-file"] = static () => new SessionFileTarget(),
    };

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    public static FuzzTarget Create(string name) =>
        ByName.TryGetValue(name, out var create) ? create() : throw new ArgumentException($"There is no target {name}. The targets: {string.Join(", ", Names)}.");
}
