using System.Reflection;

namespace Multiprocessing;

/// <summary>Which members of a captured <c>this</c> a body uses, for the message that says why the object went along. Found on failure only.</summary>
internal static class ThisUse
{
    private const int MostNames = 4;

    /// <summary>Why the object was captured, and how to do without.</summary>
    /// <param name="body">The delegate's method.</param>
    /// <param name="type">The type of the object.</param>
    /// <param name="next">The step behind the object on the way to the culprit, as a path shows it.</param>
    public static string Hint(MethodInfo body, Type type, string? next)
    {
        var names = NamesOf(body, type);
        if (names.Count == 0)
        {
            return "The body captured 'this', the object that it was written in; copy what it needs into local variables first, or make it a static method.";
        }

        var list = names.Count == 1 ? $"'{names[0]}'"
            : names.Count <= MostNames ? $"{string.Join(", ", names.SkipLast(1).Select(static name => $"'{name}'"))} and '{names[^1]}'"
            : $"{string.Join(", ", names.Take(MostNames).Select(static name => $"'{name}'"))} and others";
        return names is [var only] && next?.EndsWith($"'{only}'", StringComparison.Ordinal) == true
            ? $"The body captured 'this' because it uses {list}."
            : $"The body captured 'this' because it uses {list}: copy what you need to a local variable first, so that the rest of the object stays here.";
    }

    /// <summary>A method as the body takes its object along.</summary>
    public static string MethodGroupHint(MethodInfo method) =>
        $"The object crosses because its method '{method.Name}' is the body; use a static method, or a lambda over local variables that hold what it needs.";

    private static List<string> NamesOf(MethodInfo body, Type type)
    {
        var names = new List<string>();
        foreach (var method in ClosureUse.Of(body).Methods)
        {
            Add(method, type, names);
        }

        return names;
    }

    private static void Add(MethodBase method, Type type, List<string> names)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
        {
            return;
        }

        var typeArguments = method.DeclaringType is { IsGenericType: true } declaring ? declaring.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        var tokens = new IlTokens(code);
        while (tokens.MoveNext())
        {
            // The fields' loads, their addresses and stores; call, callvirt, ldftn, ldvirtftn.
            if (tokens.Instruction is 0x7B or 0x7C or 0x7D or 0x28 or 0x6F or 0xFE06 or 0xFE07
                && method.Module.ResolveMember(tokens.Token, typeArguments, methodArguments) is { DeclaringType: { IsInterface: false } owner } member
                && owner != typeof(object)
                && owner.IsAssignableFrom(type)
                && NameOf(member) is { } name
                && !names.Contains(name))
            {
                names.Add(name);
            }
        }
    }

    /// <summary>As it stands in the source; null for static members and those that only the compiler knows.</summary>
    private static string? NameOf(MemberInfo member)
    {
        switch (member)
        {
            case FieldInfo { IsStatic: false } field:
                return Inner(field.Name);
            case MethodInfo { IsStatic: false } method:
                if (method.Name.StartsWith('<'))
                {
                    return null; // the body's own, and followed
                }

                return method.IsSpecialName && method.Name.IndexOf('_', StringComparison.Ordinal) is var end and > 0 ? method.Name[(end + 1)..] : method.Name;
            default:
                return null;
        }
    }

    private static string Inner(string name) => name.StartsWith('<') && name.IndexOf('>', StringComparison.Ordinal) is var end and > 1 ? name[1..end] : name;
}
