using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Warm-up of a process that will run bodies.</summary>
internal static class CallWarmUp
{
    /// <summary>Compiles what is needed to read the first body and to write the first result. It has no other effect.</summary>
    public static void Run()
    {
        Action body = static () => { };
        GraphReader.Rent().Return();
        _ = ValueSerializer<ChildCall>.IsRaw;
        if (CodecTable.For(typeof(ActionCall)).Callbacks is null)
        {
            _ = RuntimeHelpers.GetUninitializedObject(typeof(ActionCall));
        }

        _ = CodecTable.For(typeof(Action));
        _ = SingletonTarget.Of(body.Target!.GetType());
        var method = (MethodInfo)NameDecoder.Decode(NameDecoder.OwnMethod(body.Method.MetadataToken));
        _ = Delegate.CreateDelegate(typeof(Action), body.Target, method);
        MessageBuffer.Rent().Dispose();
    }
}
