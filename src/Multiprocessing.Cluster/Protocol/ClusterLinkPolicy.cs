namespace Multiprocessing;

/// <summary>What may not leave the machine: objects whose meaning is its shared memory. Objects that report or log cross as links.</summary>
internal sealed class ClusterLinkPolicy : LinkPolicy
{
    private ClusterLinkPolicy()
    {
    }

    public static ClusterLinkPolicy Instance { get; } = new();

    public override bool IsForTasks => true;

    public override ObjectCodec? CodecOf(Type type) => TaskLinkPolicy.Instance.CodecOf(type);

    public override void BeforeCopy(Type type, Type reportsBy) => TaskLinkPolicy.Instance.BeforeCopy(type, reportsBy);

    public override Refusal? OfHandle(Type type) => new(
        type,
        $"It is memory of this machine, and a task of a {nameof(ClusterPool)} runs on another one. Pass the values themselves (an array for a "
        + "SharedArray<T>), return results instead of writing them, or use a ProcessPool, whose workers are on this machine.");
}
