using Multiprocessing.Proxies;

namespace Multiprocessing;

public sealed partial class ProcessManager
{
    /// <summary>Creates a dictionary in the manager.</summary>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="TValue">The type of the values; it may be a managed type.</typeparam>
    /// <param name="items">The first items; <see langword="null"/> for none.</param>
    /// <returns>A proxy.</returns>
    /// <exception cref="ServiceDiedException">The manager's process has ended.</exception>
    /// <exception cref="ObjectDisposedException">The manager was stopped.</exception>
    public IManagedDictionary<TKey, TValue> Dictionary<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>>? items = null)
        where TKey : notnull
    {
        var dictionary = Make<IManagedDictionary<TKey, TValue>>(
            static () => new DictionaryReferent<TKey, TValue>(), static () => new DictionaryContract<TKey, TValue>());
        if (items is not null)
        {
            dictionary.SetMany(items);
        }

        return dictionary;
    }

    /// <summary>Creates a list in the manager.</summary>
    /// <typeparam name="T">The type of the items; it may be a managed type.</typeparam>
    /// <param name="items">The first items; <see langword="null"/> for none.</param>
    /// <returns>A proxy.</returns>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedList<T> List<T>(IEnumerable<T>? items = null)
    {
        var list = Make<IManagedList<T>>(static () => new ListReferent<T>(), static () => new ListContract<T>());
        if (items is not null)
        {
            list.AddRange(items);
        }

        return list;
    }

    /// <summary>Creates a set in the manager.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="items">The first items; <see langword="null"/> for none.</param>
    /// <returns>A proxy.</returns>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedSet<T> Set<T>(IEnumerable<T>? items = null)
    {
        var set = Make<IManagedSet<T>>(static () => new SetReferent<T>(), static () => new SetContract<T>());
        if (items is not null)
        {
            set.UnionWith(items);
        }

        return set;
    }

    /// <summary>Creates a queue in the manager. For processes of one program a <see cref="ProcessQueue{T}"/> is much faster.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="capacity">The maximum number of items; <see langword="null"/> for no limit.</param>
    /// <returns>A proxy.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is not positive.</exception>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedQueue<T> Queue<T>(int? capacity = null)
    {
        if (capacity is <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "The capacity must be positive, or null for no limit.");
        }

        return Make<IManagedQueue<T>>(() => new QueueReferent<T>(capacity), static () => new QueueContract<T>());
    }

    /// <summary>Creates a value in the manager.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="initial">The first value.</param>
    /// <returns>A proxy.</returns>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedValue<T> Value<T>(T initial = default!) =>
        Make<IManagedValue<T>>(() => new ValueReferent<T>(initial), static () => new ValueContract<T>());

    /// <summary>Creates a namespace in the manager: values with names.</summary>
    /// <returns>A proxy.</returns>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedNamespace Namespace() => Make<IManagedNamespace>(static () => new NamespaceReferent(), static () => new NamespaceContract());

    /// <summary>Creates a lock in the manager. For processes of one program a <see cref="ProcessLock"/> is much faster.</summary>
    /// <param name="recursionPolicy">Whether an owner may enter the lock again. The default value is that it may not.</param>
    /// <returns>A proxy.</returns>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedLock Lock(LockRecursionPolicy recursionPolicy = LockRecursionPolicy.NoRecursion) =>
        Make<IManagedLock>(() => new LockReferent(recursionPolicy), static () => new LockContract());

    /// <summary>Creates a semaphore in the manager.</summary>
    /// <param name="initialCount">The first number of permits.</param>
    /// <param name="maxCount">The maximum number of permits.</param>
    /// <returns>A proxy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedSemaphore Semaphore(int initialCount, int maxCount = int.MaxValue) =>
        Make<IManagedSemaphore>(() => new SemaphoreReferent(initialCount, maxCount), static () => new SemaphoreContract());

    /// <summary>Creates an event in the manager.</summary>
    /// <param name="mode">Whether the event stays set, or resets itself when one waiting call returns.</param>
    /// <param name="initialState">Whether it is set at first.</param>
    /// <returns>A proxy.</returns>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedEvent Event(EventResetMode mode = EventResetMode.ManualReset, bool initialState = false) =>
        Make<IManagedEvent>(() => new EventReferent(mode, initialState), static () => new EventContract());

    /// <summary>Creates a condition with its lock in the manager.</summary>
    /// <param name="recursionPolicy">Whether an owner may enter the lock again. The default value is that it may not.</param>
    /// <returns>A proxy.</returns>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedCondition Condition(LockRecursionPolicy recursionPolicy = LockRecursionPolicy.NoRecursion) =>
        Make<IManagedCondition>(() => new ConditionReferent(new LockReferent(recursionPolicy)), static () => new ConditionContract());

    /// <summary>Creates a barrier in the manager.</summary>
    /// <param name="participantCount">The number of participants.</param>
    /// <param name="postPhaseAction">
    /// Runs in the manager when all have arrived, before they go on; its argument is the number of the phase. <see langword="null"/> for none. If it
    /// throws, the barrier is broken, and the last participant gets the exception.
    /// </param>
    /// <returns>A proxy.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="participantCount"/> is not positive.</exception>
    /// <inheritdoc cref="Dictionary"/>
    public IManagedBarrier Barrier(int participantCount, Action<long>? postPhaseAction = null) =>
        Make<IManagedBarrier>(() => new BarrierReferent(participantCount, postPhaseAction), static () => new BarrierContract());

    /// <summary>
    /// Creates an object of the program in the manager and returns a proxy of its interface. All processes that have the proxy call the one object,
    /// at the same time: it must be thread-safe. Calls of one process begin in order. The object is disposed when no process has a proxy of it any
    /// more.
    /// </summary>
    /// <typeparam name="TInterface">An interface. Its proxy is generated.</typeparam>
    /// <param name="factory">Creates the object. It crosses to the manager and runs there.</param>
    /// <returns>A proxy.</returns>
    /// <exception cref="NotSerializableException">The factory captures something that cannot cross.</exception>
    /// <inheritdoc cref="Dictionary"/>
    public TInterface Create<[GenerateProxy] TInterface>(Func<TInterface> factory)
        where TInterface : class
    {
        ArgumentNullException.ThrowIfNull(factory);
        ProxyContracts.For<TInterface>(factory.Method.Module.Assembly);
        return _link.Root.Create<TInterface, TInterface>(new ProgramMaker<TInterface>(factory));
    }

    /// <summary>
    /// Gives a proxy of <see cref="Create"/> back at once, which the collector does otherwise. The object is disposed when no process has a proxy of
    /// it any more. A second call does nothing. Calling a <c>Dispose</c> of the interface itself disposes the object, for all processes.
    /// </summary>
    /// <param name="proxy">The proxy.</param>
    /// <exception cref="ArgumentException">The object is no proxy.</exception>
    public void Release<TInterface>(TInterface proxy)
        where TInterface : class => ManagedProxy.Release(proxy);

    private TInterface Make<TInterface>(Func<IReferent<TInterface>> create, Func<ProxyContract> contract)
        where TInterface : class
    {
        ProxyContracts.Register(contract());
        return _link.Root.Create<TInterface, IReferent<TInterface>>(new BuiltInMaker<TInterface>(create, contract));
    }
}
