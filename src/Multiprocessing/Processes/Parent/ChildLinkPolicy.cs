namespace Multiprocessing;

/// <summary>In the body of a child no links are made: an object that reports is copied, and its reports stay in the child, which is logged once for each type.</summary>
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
