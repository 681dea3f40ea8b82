namespace Multiprocessing;

/// <summary>What may not leave the machine: objects whose meaning is shared memory or an object of the caller's process.</summary>
internal sealed class ClusterLinkPolicy : LinkPolicy
{
    private ClusterLinkPolicy()
    {
    }

    public static ClusterLinkPolicy Instance { get; } = new();

    public override ObjectCodec? CodecOf(Type type) => null;

    public override void BeforeCopy(Type type, Type reportsBy) => throw new CannotCrossException(
        new Refusal(
            type,
            $"A task of a {nameof(ClusterPool)} runs on another machine, where a copy would report to nothing. Return what the task has to report, "
            + "or stream its parts as items of their own."),
        type);

    public override Refusal? OfHandle(Type type) => new(
        type,
        $"It is memory of this machine, and a task of a {nameof(ClusterPool)} runs on another one. Pass the values themselves (an array for a "
        + "SharedArray<T>), return results instead of writing them, or use a ProcessPool, whose workers are on this machine.");
}
