using System.Reflection;

namespace Multiprocessing;

/// <summary>
/// Finds the members of a captured <c>this</c> that a body uses, for the message that says why the object was captured. Used on failure only.
/// </summary>
internal static class ThisUse
{
    private const int MaxNames = 4;

    /// <summary>Returns why the object was captured, and how to avoid it.</summary>
    /// <param name="body">The delegate's method.</param>
    /// <param name="type">The type of the object.</param>
    /// <param name="next">The step after the object on the path to the culprit.</param>
    public static string Hint(MethodInfo body, Type type, string? next)
    {
        var names = NamesOf(body, type);
        if (names.Count == 0)
        {
            return "The body captured 'this', the object whose class contains it; copy what it needs to local variables first, or make it a static "
                + "method.";
        }

        var list = names.Count == 1 ? $"'{names[0]}'"
            : names.Count <= MaxNames ? $"{string.Join(", ", names.SkipLast(1).Select(static name => $"'{name}'"))} and '{names[^1]}'"
            : $"{string.Join(", ", names.Take(MaxNames).Select(static name => $"'{name}'"))} and others";
        return names is [var only] && next?.EndsWith($"'{only}'", StringComparison.Ordinal) == true
            ? $"The body captured 'this' because it uses {list}."
            : $"The body captured 'this' because it uses {list}: copy what you need to a local variable first; then the rest of the object does not "
                + "cross.";
    }

    /// <summary>Returns why the object of a method crosses that was passed as the body.</summary>
    public static string MethodGroupHint(MethodInfo method) =>
        $"The object crosses because its method '{method.Name}' is the body; use a static method, or a lambda over local variables that hold what "
        + "it needs.";

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

        var resolver = MethodTokens.Of(method);
        var tokens = new IlTokens(code);
        while (tokens.MoveNext())
        {
            // ldfld, ldflda, stfld, call, callvirt, ldftn, ldvirtftn
            if (tokens.Instruction is 0x7B or 0x7C or 0x7D or 0x28 or 0x6F or 0xFE06 or 0xFE07
                && resolver.Resolve(tokens.Token) is { DeclaringType: { IsInterface: false } owner } member
                && owner != typeof(object)
                && owner.IsAssignableFrom(type)
                && NameOf(member) is { } name
                && !names.Contains(name))
            {
                names.Add(name);
            }
        }
    }

    /// <summary>Returns the name in the source; <see langword="null"/> for static members and those that the compiler made.</summary>
    private static string? NameOf(MemberInfo member)
    {
        switch (member)
        {
            case FieldInfo { IsStatic: false } field:
                return SourceNames.Of(field.Name);
            case MethodInfo { IsStatic: false } method:
                if (method.Name.StartsWith('<'))
                {
                    return null; // a part of the body itself
                }

                return method.IsSpecialName && method.Name.IndexOf('_', StringComparison.Ordinal) is var end and > 0
                    ? method.Name[(end + 1)..]
                    : method.Name;
            default:
                return null;
        }
    }
}
