using System.Reflection;

namespace Multiprocessing;

/// <summary>Resolves the metadata tokens in the IL of a method.</summary>
internal readonly struct MethodTokens
{
    private readonly Module _module;
    private readonly Type[]? _typeArguments;
    private readonly Type[]? _methodArguments;

    private MethodTokens(MethodBase method)
    {
        _module = method.Module;
        _typeArguments = method.DeclaringType is { IsGenericType: true } declaring ? declaring.GetGenericArguments() : null;
        _methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
    }

    public static MethodTokens Of(MethodBase method) => new(method);

    public MemberInfo? Resolve(int token) => _module.ResolveMember(token, _typeArguments, _methodArguments);
}
