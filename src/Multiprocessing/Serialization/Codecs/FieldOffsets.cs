using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// The offsets of fields in objects and structs. With them fields, readonly ones too, are read and written by address, without code that is made at
/// run time.
/// </summary>
internal static class FieldOffsets
{
    /// <summary>
    /// The runtime's own function, which its reflection uses for every field. It is called by address: the first call takes 0.5 ms, and 10 ms by an
    /// UnsafeAccessor. <see langword="null"/> on a runtime that has no such function.
    /// </summary>
    private static readonly unsafe delegate*<object, int> Runtime = FindRuntime();

    /// <summary>Returns the number of bytes from the start of the object's data (<see cref="ObjectData"/>) or of the struct.</summary>
    public static unsafe int Of(FieldInfo field) => Runtime != null ? Runtime(field) : Measure(field);

    /// <summary>Returns the same by public APIs only: compiles an access to the field.</summary>
    internal static int Measure(FieldInfo field)
    {
        var owner = field.DeclaringType!;
        var method = new DynamicMethod("Offset", typeof(nint), [typeof(byte).MakeByRefType()], typeof(FieldOffsets).Module, skipVisibility: true);
        var code = method.GetILGenerator();
        if (owner.IsValueType)
        {
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldflda, field);
            code.Emit(OpCodes.Ldarg_0);
        }
        else
        {
            // Any object will do: the code adds the offset to the reference and reads nothing.
            var instance = code.DeclareLocal(typeof(object));
            code.Emit(OpCodes.Newobj, typeof(object).GetConstructor(Type.EmptyTypes)!);
            code.Emit(OpCodes.Stloc, instance);
            code.Emit(OpCodes.Ldloc, instance);
            code.Emit(OpCodes.Ldflda, field);
            code.Emit(OpCodes.Ldloc, instance);
            code.Emit(OpCodes.Ldflda, typeof(ObjectData).GetField(nameof(ObjectData.First))!);
        }

        code.Emit(OpCodes.Sub);
        code.Emit(OpCodes.Ret);
        byte dummy = 0;
        return (int)method.CreateDelegate<Measurer>()(ref dummy);
    }

    private delegate nint Measurer(ref byte location);

    private static unsafe delegate*<object, int> FindRuntime()
    {
        var method = typeof(RuntimeFieldHandle).GetMethod("GetInstanceFieldOffset", BindingFlags.Static | BindingFlags.NonPublic);
        if (method is null || method.ReturnType != typeof(int) || method.GetParameters() is not [{ ParameterType.Name: "RtFieldInfo" }])
        {
            return null;
        }

        // Used only if it returns the right offset of a field whose address is known.
        var ask = (delegate*<object, int>)method.MethodHandle.GetFunctionPointer();
        var probe = new Probe();
        var seen = Unsafe.ByteOffset(ref ObjectData.Of(probe), ref Unsafe.As<object, byte>(ref probe.Last));
        return ask(typeof(Probe).GetField(nameof(Probe.Last))!) == seen ? ask : null;
    }

    private sealed class Probe
    {
        public object First = "";
        public long Number = 1;
        public object Last = "";
    }
}
