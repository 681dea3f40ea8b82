using System.Runtime.ExceptionServices;

namespace Multiprocessing;

/// <summary>A captured exception. The reader captures the exception again.</summary>
internal sealed class DispatchInfoCodec(Type type) : ObjectCodec(type, CodecTraits.Tracked | CodecTraits.HeadRefers)
{
    public override void WriteHead(GraphWriter writer, object value) =>
        writer.WriteReference(((ExceptionDispatchInfo)value).SourceException, ReferenceSlot.Object);

    public override object Create(GraphReader reader) =>
        ExceptionDispatchInfo.Capture(reader.ReadReference(ReferenceSlot.Object) as Exception ?? throw GraphReader.Torn());

    public override IEnumerable<PathStep> Children(object value) =>
        [new PathStep("captured exception", ((ExceptionDispatchInfo)value).SourceException)];
}
