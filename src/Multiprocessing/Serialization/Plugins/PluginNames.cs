using System.Reflection;

namespace Multiprocessing;

/// <summary>Finds the plug-in that a name refers to: an assembly that the program has loaded by itself.</summary>
internal static class PluginNames
{
    /// <summary>Returns the plug-in that declares a type or member, or one of its type arguments; <see langword="null"/> if there is none.</summary>
    public static Assembly? Of(object symbol) => symbol switch
    {
        Type type => OfType(type),
        MethodBase method => OfMember(method) ?? OfTypes(method.IsGenericMethod ? method.GetGenericArguments() : []),
        MemberInfo member => OfMember(member),
        ParameterInfo parameter => Of(parameter.Member),
        Module module => OfAssembly(module.Assembly),
        Assembly assembly => OfAssembly(assembly),
        _ => null,
    };

    /// <summary>Returns the plug-in of an object's type, or of the method of a delegate or a member that the object itself is.</summary>
    public static Assembly? OfObject(object value) =>
        value is IPlainObject ? null // a call of this library: the body and the arguments in it are what the user can change
        : OfType(value.GetType()) ?? (value is Delegate callback ? Of(callback.Method) : Of(value));

    private static Assembly? OfType(Type type)
    {
        if (type.HasElementType)
        {
            return OfType(type.GetElementType()!);
        }

        return OfAssembly(type.Assembly) ?? (type.IsConstructedGenericType ? OfTypes(type.GetGenericArguments()) : null);
    }

    private static Assembly? OfTypes(Type[] types)
    {
        foreach (var type in types)
        {
            if (OfType(type) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static Assembly? OfMember(MemberInfo member) => member.DeclaringType is { } type ? OfType(type) : OfAssembly(member.Module.Assembly);

    private static Assembly? OfAssembly(Assembly assembly) => AssemblyOrigin.Of(assembly).File is null ? null : assembly;
}
