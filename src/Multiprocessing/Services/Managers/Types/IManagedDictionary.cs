namespace Multiprocessing;

/// <summary>
/// A dictionary in the process of a manager. Each member is one atomic step there. Enumerating it enumerates a copy that was taken in one step.
/// </summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
/// <remarks>
/// A value that is read is a copy: changing it does not change the value in the manager. Use
/// <see cref="Update(TKey, Func{TValue, TValue})"/>, or a managed object as the value.
/// </remarks>
/// <inheritdoc cref="IManagedObject" path="/remarks"/>
/// <example>
/// <code>
/// using var manager = ProcessManager.Start();
/// using IManagedDictionary&lt;string, IManagedList&lt;string>> files = manager.Dictionary&lt;string, IManagedList&lt;string>>();
/// files["images"] = manager.List&lt;string>();
/// using var child = ChildProcess.Run(() => files["images"].Add("cat.png")); // a managed object inside another one
/// child.Wait();
/// Console.WriteLine(files["images"].Count); // 1
/// </code>
/// </example>
public interface IManagedDictionary<TKey, TValue> : IManagedObject, IEnumerable<KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    /// <summary>Gets the number of items.</summary>
    int Count { get; }

    /// <summary>Gets or sets the value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="KeyNotFoundException">The key is missing.</exception>
    TValue this[TKey key] { get; set; }

    /// <summary>Returns the value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value.</returns>
    /// <exception cref="KeyNotFoundException">The key is missing.</exception>
    TValue Get(TKey key);

    /// <inheritdoc cref="Get"/>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask<TValue> GetAsync(TKey key, CancellationToken cancellationToken = default);

    /// <summary>Returns the value of a key if it is there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether the key is there.</returns>
    bool TryGet(TKey key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TValue value);

    /// <summary>Returns the value of a key if it is there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    /// <returns>Whether the key is there, and the value.</returns>
    ValueTask<(bool Found, TValue? Value)> TryGetAsync(TKey key, CancellationToken cancellationToken = default);

    /// <summary>Returns the value of a key, or another value if the key is missing.</summary>
    /// <param name="key">The key.</param>
    /// <param name="defaultValue">The value to return if the key is missing.</param>
    /// <returns>The value.</returns>
    TValue GetValueOrDefault(TKey key, TValue defaultValue);

    /// <summary>Sets the value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    void Set(TKey key, TValue value);

    /// <inheritdoc cref="Set"/>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask SetAsync(TKey key, TValue value, CancellationToken cancellationToken = default);

    /// <summary>Sets the values of several keys, in one step.</summary>
    /// <param name="items">The items. Of several items with one key the last one stays.</param>
    void SetMany(IEnumerable<KeyValuePair<TKey, TValue>> items);

    /// <inheritdoc cref="SetMany"/>
    /// <param name="items">The items.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask SetManyAsync(IEnumerable<KeyValuePair<TKey, TValue>> items, CancellationToken cancellationToken = default);

    /// <summary>Adds a value if the key is missing.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether the value was added.</returns>
    bool TryAdd(TKey key, TValue value);

    /// <inheritdoc cref="TryAdd"/>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask<bool> TryAddAsync(TKey key, TValue value, CancellationToken cancellationToken = default);

    /// <summary>Returns the value of a key; adds a value if the key is missing.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value to add.</param>
    /// <returns>The value that the dictionary has.</returns>
    TValue GetOrAdd(TKey key, TValue value);

    /// <inheritdoc cref="GetOrAdd"/>
    /// <param name="key">The key.</param>
    /// <param name="value">The value to add.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask<TValue> GetOrAddAsync(TKey key, TValue value, CancellationToken cancellationToken = default);

    /// <summary>Replaces the value of a key if it equals another value, by the default comparer of the type in the manager.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The new value.</param>
    /// <param name="comparison">The value that the dictionary must have.</param>
    /// <returns>Whether the value was replaced.</returns>
    bool TryUpdate(TKey key, TValue value, TValue comparison);

    /// <summary>Changes the value of a key in one atomic read-modify-write: no change of another process is lost.</summary>
    /// <param name="key">The key.</param>
    /// <param name="update">
    /// Returns the new value. With a <see cref="ProcessManager"/> it crosses to the manager and runs there once, under the lock of the object: it
    /// must be short, and must not use managed objects. With a <see cref="ManagerClient"/> code never crosses: it runs in the calling process, and
    /// runs again if the value was changed meanwhile, so it must have no side effects.
    /// </param>
    /// <returns>The new value.</returns>
    /// <exception cref="KeyNotFoundException">The key is missing.</exception>
    TValue Update(TKey key, Func<TValue, TValue> update);

    /// <inheritdoc cref="Update"/>
    /// <param name="key">The key.</param>
    /// <param name="update">Returns the new value. It may run several times with a <see cref="ManagerClient"/>.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask<TValue> UpdateAsync(TKey key, Func<TValue, TValue> update, CancellationToken cancellationToken = default);

    /// <summary>Adds a value if the key is missing, otherwise changes the value in one atomic read-modify-write.</summary>
    /// <param name="key">The key.</param>
    /// <param name="initial">The value to add.</param>
    /// <param name="update">Returns the new value; see <see cref="Update(TKey, Func{TValue, TValue})"/>.</param>
    /// <returns>The new value.</returns>
    TValue AddOrUpdate(TKey key, TValue initial, Func<TValue, TValue> update);

    /// <inheritdoc cref="AddOrUpdate"/>
    /// <param name="key">The key.</param>
    /// <param name="initial">The value to add.</param>
    /// <param name="update">Returns the new value. It may run several times with a <see cref="ManagerClient"/>.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask<TValue> AddOrUpdateAsync(
        TKey key, TValue initial, Func<TValue, TValue> update, CancellationToken cancellationToken = default);

    /// <summary>Removes a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether the key was there.</returns>
    bool Remove(TKey key);

    /// <summary>Removes a key and returns its value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether the key was there.</returns>
    bool Remove(TKey key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TValue value);

    /// <summary>Removes a key and returns its value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    /// <returns>Whether the key was there, and its value.</returns>
    ValueTask<(bool Found, TValue? Value)> RemoveAsync(TKey key, CancellationToken cancellationToken = default);

    /// <summary>Removes and returns any one item.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether there was one.</returns>
    bool TryTakeAny(out KeyValuePair<TKey, TValue> item);

    /// <summary>Returns whether a key is there.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether it is there.</returns>
    bool ContainsKey(TKey key);

    /// <inheritdoc cref="ContainsKey"/>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask<bool> ContainsKeyAsync(TKey key, CancellationToken cancellationToken = default);

    /// <summary>Removes all items.</summary>
    void Clear();

    /// <summary>Returns all keys.</summary>
    /// <returns>A copy.</returns>
    TKey[] GetKeys();

    /// <summary>Returns all values.</summary>
    /// <returns>A copy.</returns>
    TValue[] GetValues();

    /// <summary>Returns a copy of the dictionary, taken in one step.</summary>
    /// <returns>The copy.</returns>
    Dictionary<TKey, TValue> GetValue();

    /// <inheritdoc cref="GetValue"/>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask<Dictionary<TKey, TValue>> GetValueAsync(CancellationToken cancellationToken = default);
}
