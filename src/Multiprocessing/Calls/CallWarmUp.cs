using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>What a process that will run bodies can do before it has one.</summary>
internal static class CallWarmUp
{
    /// <summary>Makes the first message that holds a body, and the first result, quicker to read and write; of no other use.</summary>
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
