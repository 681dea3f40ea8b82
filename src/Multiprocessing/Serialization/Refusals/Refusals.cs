using System.Reflection;
using System.Runtime.InteropServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Types that belong to their process, and what to use instead.</summary>
internal static partial class Refusals
{
    /// <summary>Returns why objects or values of a type cannot cross, and what to do instead; <see langword="null"/> if they can.</summary>
    public static string? Of(Type type)
    {
        if (type.IsPointer || type.IsFunctionPointer)
        {
            return type.IsPointer ? Pointers : "A function pointer is an address in this process; pass a delegate.";
        }

        if (type == typeof(MemoryStream) || IsNullLogger(type))
        {
            return null;
        }

        for (var level = type; level is not null; level = level.BaseType)
        {
            if (Named(level) is { } suggestion)
            {
                return suggestion;
            }
        }

        if (NativeProgram.Is)
        {
            return null; // its codecs refuse the type, whatever the reason
        }

        if (ClosureCodec.IsStateMachine(type))
        {
            return Iterators;
        }

        foreach (var implemented in type.GetInterfaces())
        {
            if (Named(implemented) is { } suggestion)
            {
                return suggestion;
            }
        }

        return FrameworkRefusals.OfEnumerator(type) ?? OwnsNativeState(type);
    }

    /// <summary>Returns whether a field certainly contains an address or a handle; see <see cref="OwnsNativeState"/>.</summary>
    public static bool IsHandle(FieldInfo field) =>
        IsAddress(field.FieldType)
        && !field.FieldType.IsPointer
        && !field.FieldType.IsFunctionPointer
        && field.DeclaringType is { IsGenericType: false } owner
        && !typeof(Exception).IsAssignableFrom(owner) && Framework.Owns(owner);

    /// <summary>Returns why a type of the tables of names cannot cross.</summary>
    public static string? Named(Type type)
    {
        var name = NameOf(type);
        return ByName.GetValueOrDefault(name) ?? FrameworkRefusals.Find(name) ?? Libraries.GetValueOrDefault(name);
    }

    /// <summary>
    /// For the runtime nint and IntPtr are one type, which crosses as a number. It is refused where it is certainly an address or a handle: in the
    /// framework's types, and in classes with a finalizer, which exists to free what the number refers to.
    /// </summary>
    private static string? OwnsNativeState(Type type)
    {
        if (type.IsPrimitive || type.IsEnum)
        {
            return null;
        }

        if (Framework.Owns(type))
        {
            // In a class each such field is checked by itself, because most are 0.
            var isContainer =
                type.IsGenericType || type.IsClass || FrameworkRefusals.IsNumber(type) || typeof(Exception).IsAssignableFrom(type)
                || type.Name is "BitVector32";
            return !isContainer && Array.Exists(FieldPlan.Declared(type), static field => IsAddress(field.FieldType)) ? Handles : null;
        }

        if (type.IsClass && HasFinalizer(type))
        {
            for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
            {
                if (Array.Exists(FieldPlan.Declared(level), static field => IsAddress(field.FieldType)))
                {
                    return "It has a finalizer and contains the address or handle of a native object of this process; create it in the child.";
                }
            }
        }

        return null;
    }

    private static bool IsAddress(Type type) =>
        type == typeof(nint) || type == typeof(nuint) || type.IsPointer || type.IsFunctionPointer || type == typeof(GCHandle);

    private static bool HasFinalizer(Type type) =>
        type.GetMethod("Finalize", BindingFlags.Instance | BindingFlags.NonPublic, Type.EmptyTypes)?.DeclaringType is { } declaring
            && declaring != typeof(object);

    private static string NameOf(Type type)
    {
        var definition = SourceNames.DefinitionOf(type);
        return definition.FullName ?? definition.Name;
    }
}
