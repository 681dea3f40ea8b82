using Multiprocessing.Proxies;

namespace Multiprocessing;

public sealed partial class ManagerServer
{
    /// <summary>Adds a dictionary for all clients.</summary>
    /// <typeparam name="TKey">The type of the keys; it may cross.</typeparam>
    /// <typeparam name="TValue">The type of the values; it may cross.</typeparam>
    /// <param name="name">The name by which clients open it.</param>
    /// <param name="isShared">
    /// <see langword="true"/> for one object for all clients, which lives as long as the server; <see langword="false"/> if each call of a client
    /// that opens the name creates an object, which is removed with its client.
    /// </param>
    /// <exception cref="ArgumentException">The name is empty, or in use.</exception>
    /// <exception cref="NotSerializableException">A type is not registered.</exception>
    public void AddDictionary<TKey, TValue>(string name, bool isShared = true)
        where TKey : notnull
    {
        CheckType<TKey>("key");
        CheckType<TValue>("value");
        Add<IManagedDictionary<TKey, TValue>>(
            name, isShared, new DictionaryContract<TKey, TValue>(), static () => new DictionaryReferent<TKey, TValue>());
    }

    /// <summary>Adds a list for all clients.</summary>
    /// <typeparam name="T">The type of the items; it may cross.</typeparam>
    /// <inheritdoc cref="AddDictionary"/>
    public void AddList<T>(string name, bool isShared = true)
    {
        CheckType<T>("item");
        Add<IManagedList<T>>(name, isShared, new ListContract<T>(), static () => new ListReferent<T>());
    }

    /// <summary>Adds a set for all clients.</summary>
    /// <typeparam name="T">The type of the items; it may cross.</typeparam>
    /// <inheritdoc cref="AddDictionary"/>
    public void AddSet<T>(string name, bool isShared = true)
    {
        CheckType<T>("item");
        Add<IManagedSet<T>>(name, isShared, new SetContract<T>(), static () => new SetReferent<T>());
    }

    /// <summary>Adds a queue for all clients.</summary>
    /// <typeparam name="T">The type of the items; it may cross.</typeparam>
    /// <param name="name">The name by which clients open it.</param>
    /// <param name="capacity">The maximum number of items; <see langword="null"/> for no limit.</param>
    /// <param name="isShared"><see langword="false"/> if each call that opens the name creates an object.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is not positive.</exception>
    /// <inheritdoc cref="AddDictionary"/>
    public void AddQueue<T>(string name, int? capacity = null, bool isShared = true)
    {
        CheckType<T>("item");
        _ = new QueueReferent<T>(capacity);
        Add<IManagedQueue<T>>(name, isShared, new QueueContract<T>(), () => new QueueReferent<T>(capacity));
    }

    /// <summary>Adds a value for all clients.</summary>
    /// <typeparam name="T">The type of the value; it may cross.</typeparam>
    /// <param name="name">The name by which clients open it.</param>
    /// <param name="initial">The first value.</param>
    /// <param name="isShared"><see langword="false"/> if each call that opens the name creates an object.</param>
    /// <inheritdoc cref="AddDictionary"/>
    public void AddValue<T>(string name, T initial = default!, bool isShared = true)
    {
        CheckType<T>("value");
        Add<IManagedValue<T>>(name, isShared, new ValueContract<T>(), () => new ValueReferent<T>(initial));
    }

    /// <summary>Adds a namespace for all clients. Its values are of registered types.</summary>
    /// <inheritdoc cref="AddDictionary"/>
    public void AddNamespace(string name, bool isShared = true) =>
        Add<IManagedNamespace>(name, isShared, new NamespaceContract(), static () => new NamespaceReferent());

    /// <summary>Adds a lock for all clients.</summary>
    /// <param name="name">The name by which clients open it.</param>
    /// <param name="recursionPolicy">Whether an owner may enter the lock again.</param>
    /// <param name="isShared"><see langword="false"/> if each call that opens the name creates an object.</param>
    /// <inheritdoc cref="AddDictionary"/>
    public void AddLock(string name, LockRecursionPolicy recursionPolicy = LockRecursionPolicy.NoRecursion, bool isShared = true) =>
        Add<IManagedLock>(name, isShared, new LockContract(), () => new LockReferent(recursionPolicy));

    /// <summary>Adds a semaphore for all clients.</summary>
    /// <param name="name">The name by which clients open it.</param>
    /// <param name="initialCount">The first number of permits.</param>
    /// <param name="maxCount">The maximum number of permits.</param>
    /// <param name="isShared"><see langword="false"/> if each call that opens the name creates an object.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <inheritdoc cref="AddDictionary"/>
    public void AddSemaphore(string name, int initialCount, int maxCount = int.MaxValue, bool isShared = true)
    {
        _ = new SemaphoreReferent(initialCount, maxCount);
        Add<IManagedSemaphore>(name, isShared, new SemaphoreContract(), () => new SemaphoreReferent(initialCount, maxCount));
    }

    /// <summary>Adds an event for all clients.</summary>
    /// <param name="name">The name by which clients open it.</param>
    /// <param name="mode">Whether the event stays set, or resets itself when one waiting call returns.</param>
    /// <param name="initialState">Whether it is set at first.</param>
    /// <param name="isShared"><see langword="false"/> if each call that opens the name creates an object.</param>
    /// <exception cref="ArgumentOutOfRangeException">The mode is not defined.</exception>
    /// <inheritdoc cref="AddDictionary"/>
    public void AddEvent(string name, EventResetMode mode = EventResetMode.ManualReset, bool initialState = false, bool isShared = true)
    {
        _ = new EventReferent(mode, initialState);
        Add<IManagedEvent>(name, isShared, new EventContract(), () => new EventReferent(mode, initialState));
    }

    /// <summary>Adds a condition with its lock for all clients.</summary>
    /// <param name="name">The name by which clients open it.</param>
    /// <param name="recursionPolicy">Whether an owner may enter the lock again.</param>
    /// <param name="isShared"><see langword="false"/> if each call that opens the name creates an object.</param>
    /// <inheritdoc cref="AddDictionary"/>
    public void AddCondition(string name, LockRecursionPolicy recursionPolicy = LockRecursionPolicy.NoRecursion, bool isShared = true) =>
        Add<IManagedCondition>(name, isShared, new ConditionContract(), () => new ConditionReferent(new LockReferent(recursionPolicy)));

    /// <summary>Adds a barrier for all clients.</summary>
    /// <param name="name">The name by which clients open it.</param>
    /// <param name="participantCount">The number of participants.</param>
    /// <param name="postPhaseAction">Runs in the server when all have arrived, before they go on.</param>
    /// <param name="isShared"><see langword="false"/> if each call that opens the name creates an object.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="participantCount"/> is not positive.</exception>
    /// <inheritdoc cref="AddDictionary"/>
    public void AddBarrier(string name, int participantCount, Action<long>? postPhaseAction = null, bool isShared = true)
    {
        _ = new BarrierReferent(participantCount, postPhaseAction);
        Add<IManagedBarrier>(name, isShared, new BarrierContract(), () => new BarrierReferent(participantCount, postPhaseAction));
    }

    /// <summary>
    /// Adds one object of the program for all clients. Clients call it at the same time: it must be thread-safe. Calls of one client begin in order.
    /// </summary>
    /// <typeparam name="TInterface">An interface. Its proxy is generated.</typeparam>
    /// <param name="name">The name by which clients open it.</param>
    /// <param name="instance">The object. The server does not dispose it.</param>
    /// <exception cref="ArgumentException">The name is empty, or in use.</exception>
    /// <exception cref="NotSupportedException">No proxy was generated for the interface.</exception>
    public void Add<[GenerateProxy] TInterface>(string name, TInterface instance)
        where TInterface : class
    {
        ArgumentNullException.ThrowIfNull(instance);
        Publish(name, new SharedRegistration<TInterface>(ProxyContracts.For<TInterface>(instance.GetType().Assembly), instance));
    }

    /// <summary>
    /// Registers a type of the program: each call of a client that opens the name creates an object of its own, which is disposed when the client
    /// releases it or ends.
    /// </summary>
    /// <typeparam name="TInterface">An interface. Its proxy is generated.</typeparam>
    /// <param name="name">The name by which clients open it.</param>
    /// <param name="factory">Creates an object, in this process.</param>
    /// <exception cref="ArgumentException">The name is empty, or in use.</exception>
    /// <exception cref="NotSupportedException">No proxy was generated for the interface.</exception>
    public void Register<[GenerateProxy] TInterface>(string name, Func<TInterface> factory)
        where TInterface : class
    {
        ArgumentNullException.ThrowIfNull(factory);
        Publish(name, new FactoryRegistration<TInterface>(ProxyContracts.For<TInterface>(factory.Method.Module.Assembly), factory));
    }

    private void Add<TInterface>(string name, bool isShared, ProxyContract contract, Func<IReferent<TInterface>> create)
        where TInterface : class
    {
        ProxyContracts.Register(contract);
        contract = ProxyContracts.For<IReferent<TInterface>>();
        Publish(
            name,
            isShared
                ? new SharedRegistration<IReferent<TInterface>>(contract, create())
                : new FactoryRegistration<IReferent<TInterface>>(contract, create));
    }

    private void CheckType<T>(string part) => _payload.Require<T>(part);
}
