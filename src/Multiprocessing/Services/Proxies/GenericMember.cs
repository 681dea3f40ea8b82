using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Multiprocessing.Platform;

namespace Multiprocessing.Proxies;

/// <summary>
/// A generic method of an interface, on the side of the object: a call begins with its type arguments, for which the method is compiled once.
/// Generated code uses it. Thread-safe.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class GenericMember
{
    private readonly MethodInfo _definition;
    private readonly int _arity;
    private readonly Node _root = new();

    /// <summary>Initializes a new instance of the <see cref="GenericMember"/> class.</summary>
    /// <param name="contract">The generated class.</param>
    /// <param name="method">The name of its private static generic method that reads the arguments and calls the member.</param>
    /// <param name="arity">The number of type parameters.</param>
    /// <exception cref="MissingMethodException">The class has no such method.</exception>
    public GenericMember(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.NonPublicMethods)] Type contract, string method, int arity)
    {
        ArgumentNullException.ThrowIfNull(contract);
        _definition = contract.GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)
            ?? throw new MissingMethodException(contract.Name, method);
        _arity = arity;
    }

    /// <summary>Reads the type arguments of a call and makes the call.</summary>
    /// <param name="instance">The object.</param>
    /// <param name="call">The call.</param>
    /// <returns>A task that ends when the member has ended.</returns>
    /// <exception cref="ArgumentException">A type argument violates a constraint, which only a program of another build can cause.</exception>
    /// <exception cref="PlatformNotSupportedException">This program was compiled to native code.</exception>
    public ValueTask InvokeAsync(object instance, IncomingCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var node = _root;
        for (var i = 0; i < _arity; i++)
        {
            node = node.For(call.Argument<Type>());
        }

        return (node.Call ?? Make(node))(instance, call);
    }

    [UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "The method only passes its type parameters on, and asks nothing of them.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Without code at run time it throws before.")]
    private Func<object, IncomingCall, ValueTask> Make(Node node)
    {
        if (NativeProgram.Is)
        {
            throw new PlatformNotSupportedException(
                "A generic method of an object in a program that was compiled to native code (PublishAot) cannot be called from another process: the "
                + "code for its type arguments would have to be compiled now. Declare one method for each type, or publish with PublishReadyToRun.");
        }

        return node.Call = _definition.MakeGenericMethod(node.Types()).CreateDelegate<Func<object, IncomingCall, ValueTask>>();
    }

    /// <summary>Type arguments, one level for each, so that no key is allocated for a call.</summary>
    private sealed class Node(Node? parent = null, Type? type = null)
    {
        private readonly ConcurrentDictionary<Type, Node> _next = new();

        public Func<object, IncomingCall, ValueTask>? Call { get; set; }

        public Node For(Type type) => _next.GetOrAdd(type, static (type, parent) => new(parent, type), this);

        public Type[] Types() => parent is null ? [] : [.. parent.Types(), type!];
    }
}
