using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// An exception: its type, message, inner exceptions, data, source and own fields. The stack frames, which belong to this process's memory, cross as
/// text. <see cref="Exception.StackTrace"/> contains that text in the other process too, also after the exception is thrown again.
/// </summary>
internal sealed class ExceptionCodec : ObjectCodec
{
    private static readonly FieldInfo? RemoteTraceField = BaseField("_remoteStackTraceString");
    private static readonly int RemoteTraceOffset = RemoteTraceField is null ? -1 : FieldOffsets.Of(RemoteTraceField);

    private readonly FieldPlan _plan;

    public ExceptionCodec(Type type)
        : base(type, CodecTraits.TwoPhase)
    {
        _plan = FieldPlan.Of(
            type, skip: BelongsToThisProcess, codecs: static field => field.FieldType == typeof(CancellationToken)
                ? LenientTokenCodec.Instance
                : null);
        Callbacks = SerializationCallbacks.Of(type);
    }

    public override void WriteBody(GraphWriter writer, object value)
    {
        var exception = (Exception)value;
        _plan.Write(writer, ref ObjectData.Of(value));
        StringFormat.Write(writer, ExceptionText.Source(exception));
        StringFormat.Write(writer, ExceptionText.RemoteTrace(exception));
    }

    public override object Create(GraphReader reader) => RuntimeHelpers.GetUninitializedObject(Type);

    public override void ReadBody(GraphReader reader, object value)
    {
        var exception = (Exception)value;
        _plan.Read(reader, ref ObjectData.Of(value));
        var source = StringFormat.Read(reader);
        try
        {
            exception.Source = source;
        }
        catch (Exception)
        {
            // A user's setter ran on an object that is not complete yet. The name of the assembly is worth less than the exception.
        }

        if (StringFormat.Read(reader) is { } trace)
        {
            SetRemoteTrace(exception, trace);
        }
    }

    /// <summary>Sets the text that <see cref="Exception.StackTrace"/> contains before the frames of this process.</summary>
    public static void SetRemoteTrace(Exception exception, string trace)
    {
        if (RemoteTraceOffset >= 0)
        {
            Unsafe.As<byte, string?>(ref Unsafe.Add(ref ObjectData.Of(exception), RemoteTraceOffset)) = trace;
        }
        else
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.SetRemoteStackTrace(exception, trace);
        }
    }

    public override IEnumerable<PathStep> Children(object value) => _plan.Children(value);

    private static FieldInfo? BaseField(string name) => typeof(Exception).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic);

    private static bool BelongsToThisProcess(FieldInfo field)
    {
        if (field.DeclaringType == typeof(Exception))
        {
            return field.Name is not ("_message" or "_data" or "_innerException" or "_helpURL" or "_HResult" or "_xcode");
        }

        // TaskCanceledException refers to its task.
        return typeof(Task).IsAssignableFrom(field.FieldType) && Framework.Owns(field.DeclaringType!);
    }
}
