using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Where a field lies in an object or struct, so that fields are read and written by address, initonly ones too, with no code made at run time.</summary>
internal static class FieldOffsets
{
    private static bool s_askRuntime = true;

    /// <summary>Bytes from the beginning of the object's data (<see cref="ObjectData"/>) or of the struct.</summary>
    public static int Of(FieldInfo field)
    {
        if (s_askRuntime)
        {
            try
            {
                return AskRuntime(default, field);
            }
            catch (Exception error) when (error is MissingMethodException or TypeLoadException or FieldAccessException or MethodAccessException)
            {
                // Another runtime than the one this was built for: the way below needs nothing internal, but costs a compilation a field.
                s_askRuntime = false;
            }
        }

        return Measure(field);
    }

    /// <summary>The same by compiling an access to the field; public ways only.</summary>
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
            // The compiler adds the offset to whatever reference it is given; nothing is read.
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

    private delegate nint Measurer(ref byte place);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "GetInstanceFieldOffset")]
    private static extern int AskRuntime(RuntimeFieldHandle type, [UnsafeAccessorType("System.Reflection.RtFieldInfo")] object field);
}

/// <summary>An object seen as its data: <c>Unsafe.As&lt;ObjectData&gt;(o).First</c> is where its fields begin.</summary>
internal sealed class ObjectData
{
    public byte First;

    public static ref byte Of(object value) => ref Unsafe.As<ObjectData>(value).First;
}
