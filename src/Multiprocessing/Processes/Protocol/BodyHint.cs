using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// A kind of body that was started recently, without its captured values and arguments. A spare finds the method, compiles it and creates the codecs
/// for it, which takes milliseconds. No code of the program runs.
/// </summary>
internal sealed record BodyHint(Type Call, Type Body, MethodInfo Method)
{
    private const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    public static BodyHint Of(ChildCall call) => new(call.GetType(), call.Body.GetType(), call.Body.Method);

    public static byte[] ToBytes(BodyHint[] hints)
    {
        using var buffer = MessageBuffer.Rent();
        ValueSerializer.Serialize(buffer, hints, "hints");
        var bytes = new byte[buffer.Length];
        buffer.CopyTo(0, bytes);
        return bytes;
    }

    public static unsafe BodyHint[] FromBytes(byte[] bytes)
    {
        fixed (byte* start = bytes)
        {
            var position = start;
            return ValueSerializer.Deserialize<BodyHint[]>(ref position, start + bytes.Length);
        }
    }

    public void Prepare()
    {
        Compile(Method);
        if (Method.GetCustomAttribute<AsyncStateMachineAttribute>()?.StateMachineType is { IsGenericTypeDefinition: false } machine)
        {
            Compile(machine.GetMethod("MoveNext", Instance)!);
        }

        _ = CodecTable.For(Call);
        _ = CodecTable.For(Body);
        if (Method.IsStatic)
        {
            _ = Delegate.CreateDelegate(Body, Method);
        }
        else if (Method.DeclaringType is { } target && CodecTable.For(target) is ClosureCodec)
        {
            _ = Delegate.CreateDelegate(Body, RuntimeHelpers.GetUninitializedObject(target), Method);
        }

        foreach (var name in (ReadOnlySpan<string>)["Run", "Invoke", "InvokeAsync"])
        {
            if (Call.GetMethod(name, Instance) is { } method)
            {
                Compile(method);
            }
        }

        ((ChildCall)RuntimeHelpers.GetUninitializedObject(Call)).Prepare();
    }

    private static void Compile(MethodInfo method)
    {
        Type[] arguments = [.. method.DeclaringType?.GenericTypeArguments ?? [], .. method.GetGenericArguments()];
        RuntimeHelpers.PrepareMethod(method.MethodHandle, arguments.Length == 0 ? null : Array.ConvertAll(arguments, type => type.TypeHandle));
    }
}
