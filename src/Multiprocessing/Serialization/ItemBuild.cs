using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// Which build of a type a program has. What crosses carries no description of itself, so two programs must agree on every type that can occur. Numbers, text, and arrays of numbers
/// are the same in all builds. Of any other type all modules that its items can consist of have to be the very same (their MVIDs); where the type does not tell what its items are
/// (an interface, a class that is not sealed, a delegate), the program itself has to be the same.
/// </summary>
internal static class ItemBuild
{
    /// <summary>What has to be the same of an object with items, such as <c>ProcessQueue&lt;int&gt;</c>.</summary>
    public static NamedIdentity IdentityOf<TItem>(string kind, string? detail) => new($"{kind}<{typeof(TItem)}>", detail, Of(typeof(TItem)));

    /// <summary>Empty for what is the same in all builds.</summary>
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

    /// <summary>Collects the modules; false if there may be others.</summary>
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
        if (type.IsValueType && CustomSerializers.RegistrationOf(type) is { Serializer.Thing: Type serializer })
        {
            // Nothing in a message stands before a value, so a program that did not register the serializer would misread it.
            modules.Add($"{type} by {serializer} of {Describe(serializer.Module)}");
        }

        var closed = type.IsSealed && !type.IsAssignableTo(typeof(Delegate));
        foreach (var argument in type.GenericTypeArguments)
        {
            closed &= Visit(argument, modules, seen);
        }

        if (type.Module == typeof(ItemBuild).Module)
        {
            // A handle, whose form is this library's.
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
