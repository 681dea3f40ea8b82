namespace Multiprocessing;

/// <summary>
/// The body of a child has no links to objects of its parent: an object that reports is copied, and its reports stay in the child. This is logged
/// once for each type.
/// </summary>
internal sealed class ChildLinkPolicy : LinkPolicy
{
    private ChildLinkPolicy()
    {
    }

    public static ChildLinkPolicy Instance { get; } = new();

    public override ObjectCodec? CodecOf(Type type) => null;

    public override void BeforeCopy(Type type, Type reportsBy)
    {
        if (reportsBy.IsGenericType && reportsBy.GetGenericTypeDefinition() == typeof(IProgress<>))
        {
            MultiprocessingLogging.ReporterCopied(type, TypeText.Of(type));
        }
    }
}
