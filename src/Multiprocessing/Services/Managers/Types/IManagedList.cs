namespace Multiprocessing;

/// <summary>
/// A list in the process of a manager. Each member is one atomic step there. Enumerating it enumerates a copy that was taken in one step.
/// </summary>
/// <typeparam name="T">The type of the items.</typeparam>
/// <inheritdoc cref="IManagedObject" path="/remarks"/>
/// <example>
/// <code>
/// using var manager = ProcessManager.Start();
/// using IManagedList&lt;int> list = manager.List([3, 1, 2]);
/// using var child = ChildProcess.Run(() => list.Sort());
/// child.Wait();
/// Console.WriteLine(list.Update(0, item => item * 10)); // 10
/// foreach (int item in list) // a copy, taken in one step
/// {
///     Console.WriteLine(item);
/// }
/// </code>
/// </example>
public interface IManagedList<T> : IManagedObject, IEnumerable<T>
{
    /// <summary>Gets the number of items.</summary>
    int Count { get; }

    /// <summary>Gets or sets an item.</summary>
    /// <param name="index">The index, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no item with the index.</exception>
    T this[int index] { get; set; }

    /// <summary>Returns an item.</summary>
    /// <param name="index">The index, from 0.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    /// <returns>The item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no item with the index.</exception>
    ValueTask<T> GetAsync(int index, CancellationToken cancellationToken = default);

    /// <summary>Sets an item.</summary>
    /// <param name="index">The index, from 0.</param>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    /// <returns>A task that ends when the item is set.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no item with the index.</exception>
    ValueTask SetAsync(int index, T item, CancellationToken cancellationToken = default);

    /// <summary>Adds an item at the end.</summary>
    /// <param name="item">The item.</param>
    void Add(T item);

    /// <inheritdoc cref="Add"/>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask AddAsync(T item, CancellationToken cancellationToken = default);

    /// <summary>Adds items at the end, in one step.</summary>
    /// <param name="items">The items.</param>
    void AddRange(IEnumerable<T> items);

    /// <inheritdoc cref="AddRange"/>
    /// <param name="items">The items.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask AddRangeAsync(IEnumerable<T> items, CancellationToken cancellationToken = default);

    /// <summary>Inserts an item.</summary>
    /// <param name="index">The index of the new item.</param>
    /// <param name="item">The item.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative or larger than the number of items.</exception>
    void Insert(int index, T item);

    /// <summary>Removes the item of an index.</summary>
    /// <param name="index">The index.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no item with the index.</exception>
    void RemoveAt(int index);

    /// <summary>Removes the first item that equals <paramref name="item"/>.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether there was one.</returns>
    bool Remove(T item);

    /// <summary>Removes and returns the last item, in one step.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether there was one.</returns>
    bool TryTakeLast([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T item);

    /// <summary>Removes and returns the item of an index, in one step.</summary>
    /// <param name="index">The index.</param>
    /// <param name="item">The item.</param>
    /// <returns>Whether there was an item with the index.</returns>
    bool TryTakeAt(int index, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T item);

    /// <summary>Returns the index of the first item that equals <paramref name="item"/>.</summary>
    /// <param name="item">The item.</param>
    /// <returns>The index, or -1.</returns>
    int IndexOf(T item);

    /// <summary>Returns whether an item equals <paramref name="item"/>.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether there is one.</returns>
    bool Contains(T item);

    /// <summary>Removes all items.</summary>
    void Clear();

    /// <summary>Reverses the order of the items.</summary>
    void Reverse();

    /// <summary>Sorts the items by the default comparer of their type.</summary>
    /// <exception cref="InvalidOperationException">The items cannot be compared.</exception>
    void Sort();

    /// <summary>Changes an item in one atomic read-modify-write: no change of another process is lost.</summary>
    /// <param name="index">The index.</param>
    /// <param name="update">
    /// Returns the new item. With a <see cref="ProcessManager"/> it crosses to the manager and runs there once, under the lock of the object: it must
    /// be short, and must not use managed objects. With a <see cref="ManagerClient"/> it runs in the calling process, and runs again if the list was
    /// changed meanwhile, so it must have no side effects.
    /// </param>
    /// <returns>The new item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no item with the index.</exception>
    T Update(int index, Func<T, T> update);

    /// <inheritdoc cref="Update"/>
    /// <param name="index">The index.</param>
    /// <param name="update">Returns the new item. It may run several times with a <see cref="ManagerClient"/>.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask<T> UpdateAsync(int index, Func<T, T> update, CancellationToken cancellationToken = default);

    /// <summary>Returns a copy of a part of the list, taken in one step.</summary>
    /// <param name="index">The index of the first item.</param>
    /// <param name="count">The number of items.</param>
    /// <returns>The copy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The list does not have these items.</exception>
    T[] GetRange(int index, int count);

    /// <summary>Returns a copy of the list, taken in one step.</summary>
    /// <returns>The copy.</returns>
    T[] GetValue();

    /// <inheritdoc cref="GetValue"/>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask<T[]> GetValueAsync(CancellationToken cancellationToken = default);
}
