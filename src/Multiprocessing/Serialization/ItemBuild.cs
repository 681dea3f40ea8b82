using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// Identifies the build of a type. Messages contain no description of their types, so two programs that use an object by name must agree on every
/// type that its items can contain. Numbers, text and arrays of numbers are the same in all builds. For any other type, all modules that declare
/// parts of an item must be identical (their MVIDs). Where the type does not determine the parts (an interface, a class that is not sealed, a
/// delegate), the program itself must be identical.
/// </summary>
internal static class ItemBuild
{
    /// <summary>Returns what must be identical in all programs that open an object with items, such as <c>ProcessQueue&lt;int&gt;</c>.</summary>
    public static NamedIdentity IdentityOf<TItem>(string kind, string? detail) => new($"{kind}<{typeof(TItem)}>", detail, Of(typeof(TItem)));

    /// <summary>Returns the identity of a type's build; empty for a type that is the same in all builds.</summary>
    public static string Of(Type type)
    {
        if (IsPlain(type) || (type.IsSZArray && type.GetElementType()!.IsPrimitive))
        {
            return "";
        }

        var modules = new SortedSet<string>(StringComparer.Ordinal) { Describe(typeof(ItemBuild).Module) };
        if (!Visit(type, modules, []))
        {
            modules.Add(Assembly.GetEntryAssembly() is { } program ? Describe(program.ManifestModule) : Environment.ProcessPath ?? "");
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', modules))))[..32];
    }

    private static bool IsPlain(Type type) => type.IsPrimitive || type == typeof(string);

    private static string Describe(Module module) => $"{module.Name} {module.ModuleVersionId}";

    /// <summary>Collects the modules; returns <see langword="false"/> if an item may contain types of others.</summary>
    private static bool Visit(Type type, SortedSet<string> modules, HashSet<Type> seen)
    {
        if (IsPlain(type) || !seen.Add(type))
        {
            return true;
        }

        if (type.HasElementType)
        {
            return !type.IsPointer && !type.IsByRef && Visit(type.GetElementType()!, modules, seen);
        }

        modules.Add(Describe(type.Module));
        if (type.IsValueType && CustomSerializers.RegistrationOf(type) is { Serializer.Symbol: Type serializer })
        {
            // No tag precedes a value in a message, so a program without the registration would misread the bytes.
            modules.Add($"{type} by {serializer} of {Describe(serializer.Module)}");
        }

        var closed = type.IsSealed && !type.IsAssignableTo(typeof(Delegate));
        foreach (var argument in type.GenericTypeArguments)
        {
            closed &= Visit(argument, modules, seen);
        }

        if (type.Module == typeof(ItemBuild).Module)
        {
            // A handle: this library writes it.
            return closed;
        }

        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            modules.Add(Describe(level.Module));
            foreach (var field in level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                closed &= Visit(field.FieldType, modules, seen);
            }
        }

        return closed;
    }
}
