using System.Reflection;

namespace Multiprocessing;

/// <summary>
/// Finds, in the IL of a lambda, the captured variables that it changes. In another process it changes a copy only, which is rarely intended. The IL
/// is read once per body, when the body first crosses.
/// </summary>
/// <remarks>
/// Found are: assignments to captured variables, to fields of captured structs and to members of a captured <c>this</c>; captured variables passed by
/// <c>ref</c> or <c>out</c>; elements stored into captured arrays; items added to, set in or removed from captured collections. Variables that the
/// body itself declares are not captured, and objects of this library are shared and not copied.
/// </remarks>
internal static class CapturedAssignments
{
    /// <summary>Returns the variables that the body changes, named as in the source, in the order of the code.</summary>
    public static IReadOnlyList<string> Of(MethodBase[] methods)
    {
        if (!methods.Any(MayAssign))
        {
            return [];
        }

        var scan = new AssignmentScan(methods);
        foreach (var method in methods)
        {
            scan.Scan(method);
        }

        return scan.Names;
    }

    /// <summary>A quick first look: most bodies only read.</summary>
    private static bool MayAssign(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var tokens = new IlTokens(code);
        while (tokens.MoveNext())
        {
            switch (tokens.Instruction)
            {
                case 0x7C or 0x7D or 0x8F or 0xA4: // ldflda, stfld, ldelema, stelem
                    return true;
                case 0x28 or 0x6F when MethodTokens.Of(method).Resolve(tokens.Token) is MethodBase { Name: { } name }
                    && (Mutators.IsMutator(name) || name.StartsWith("set_", StringComparison.Ordinal)):
                    return true;
            }
        }

        return HasElementStore(code);
    }

    /// <summary>The short forms of stelem have no token. Any byte with such a value counts: a wrong guess costs one closer look.</summary>
    private static bool HasElementStore(byte[] code) => code.AsSpan().ContainsAnyInRange((byte)0x9B, (byte)0xA2);
}
