using System.Collections.Concurrent;
using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing.Proxies;

/// <summary>The contracts of this process. Generated code registers them when its assembly is loaded; programs do not use it. Thread-safe.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ProxyContracts
{
    private static readonly ConcurrentDictionary<Type, ProxyContract> ByType = new();
    private static readonly Queue<Action> Later = new();

    /// <summary>Registers a contract. The first one for an interface stays.</summary>
    /// <param name="contract">The contract.</param>
    /// <exception cref="ArgumentNullException"><paramref name="contract"/> is <see langword="null"/>.</exception>
    public static void Register(ProxyContract contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        ByType.TryAdd(contract.InterfaceType, contract);
    }

    /// <summary>
    /// Registers an assembly's contracts when a contract is looked up that is not registered: every child loads the program's assemblies at its
    /// start,
    /// and most children call no proxy.
    /// </summary>
    /// <param name="register">Registers the contracts.</param>
    /// <exception cref="ArgumentNullException"><paramref name="register"/> is <see langword="null"/>.</exception>
    public static void RegisterLater(Action register)
    {
        ArgumentNullException.ThrowIfNull(register);
        lock (Later)
        {
            Later.Enqueue(register);
        }
    }

    /// <summary>Returns the contract of an interface.</summary>
    /// <param name="near">An assembly that may have the generated code, beside that of the interface and that of the program.</param>
    /// <exception cref="NotSupportedException">No code was generated for the interface.</exception>
    internal static ProxyContract For<T>(Assembly? near = null)
        where T : class => Cached<T>.Contract ?? (Cached<T>.Contract = For(typeof(T), near));

    /// <inheritdoc cref="For{T}(Assembly?)"/>
    internal static ProxyContract For(Type type, Assembly? near = null) =>
        Find(type, near) ?? throw new NotSupportedException(
            type.IsInterface
                ? $"There is no proxy for the interface {type}. It is generated where the interface is used for a type parameter with "
                    + "[GenerateProxy], such as that of ProcessService.StartAsync, in C# source. Put [GenerateProxy] on the interface, or build the "
                    + "program with this package's "
                    + "generator."
                : $"A service is used through an interface, and {type} is none. Declare an interface with the members that the caller needs, and "
                    + "start the service with it.");

    /// <summary>Returns the contract of an interface, or null if no code was generated for it.</summary>
    internal static ProxyContract? Find(Type type, Assembly? near = null)
    {
        if ((ByType.GetValueOrDefault(type) ?? RegisterNow(type)) is { } contract)
        {
            return contract;
        }

        // A module initializer runs when code of its module first runs, and code of the interface's assembly may never have run in this process.
        RunModuleInitializers(type);
        if (near is not null)
        {
            RuntimeHelpers.RunModuleConstructor(near.ManifestModule.ModuleHandle);
        }

        if (Assembly.GetEntryAssembly() is { } entry)
        {
            RuntimeHelpers.RunModuleConstructor(entry.ManifestModule.ModuleHandle);
        }

        return RegisterNow(type);
    }

    /// <summary>Runs what was registered for later. Another thread waits: its contract may be one of those that are being registered.</summary>
    private static ProxyContract? RegisterNow(Type type)
    {
        lock (Later)
        {
            while (Later.TryDequeue(out var register))
            {
                register();
            }
        }

        return ByType.GetValueOrDefault(type);
    }

    private static void RunModuleInitializers(Type type)
    {
        RuntimeHelpers.RunModuleConstructor(type.Module.ModuleHandle);
        foreach (var argument in type.GenericTypeArguments)
        {
            RunModuleInitializers(argument);
        }
    }

    private static class Cached<T>
    {
        public static ProxyContract? Contract;
    }
}
