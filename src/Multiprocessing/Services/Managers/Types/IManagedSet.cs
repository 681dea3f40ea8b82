namespace Multiprocessing;

/// <summary>
/// A set in the process of a manager. Each member is one atomic step there. Enumerating it enumerates a copy that was taken in one step.
/// </summary>
/// <typeparam name="T">The type of the items.</typeparam>
/// <inheritdoc cref="IManagedObject" path="/remarks"/>
/// <example>
/// <code>
/// using var manager = ProcessManager.Start();
/// using IManagedSet&lt;string> visited = manager.Set&lt;string>();
/// if (visited.Add("https://example.org")) // true in exactly one process
/// {
///     Console.WriteLine("This process visits the page.");
/// }
/// </code>
/// </example>
public interface IManagedSet<T> : IManagedObject, IEnumerable<T>
{
    /// <summary>Gets the number of items.</summary>
    int Count { get; }

    /// <summary>Adds an item.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether it was not in the set before.</returns>
    bool Add(T item);

    /// <inheritdoc cref="Add"/>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask<bool> AddAsync(T item, CancellationToken cancellationToken = default);

    /// <summary>Removes an item.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether it was in the set.</returns>
    bool Remove(T item);

    /// <inheritdoc cref="Remove"/>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask<bool> RemoveAsync(T item, CancellationToken cancellationToken = default);

    /// <summary>Returns whether an item is in the set.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether it is.</returns>
    bool Contains(T item);

    /// <inheritdoc cref="Contains"/>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask<bool> ContainsAsync(T item, CancellationToken cancellationToken = default);

    /// <summary>Removes and returns any one item.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether there was one.</returns>
    bool TryTakeAny([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T item);

    /// <summary>Removes all items.</summary>
    void Clear();

    /// <summary>Adds the items of <paramref name="other"/>, in one step.</summary>
    /// <param name="other">The items.</param>
    void UnionWith(IEnumerable<T> other);

    /// <summary>Removes the items of <paramref name="other"/>, in one step.</summary>
    /// <param name="other">The items.</param>
    void ExceptWith(IEnumerable<T> other);

    /// <summary>Removes the items that are not in <paramref name="other"/>, in one step.</summary>
    /// <param name="other">The items.</param>
    void IntersectWith(IEnumerable<T> other);

    /// <summary>Keeps the items that are in the set or in <paramref name="other"/>, but not in both, in one step.</summary>
    /// <param name="other">The items.</param>
    void SymmetricExceptWith(IEnumerable<T> other);

    /// <summary>Returns whether the set has the items of <paramref name="other"/> and no others.</summary>
    /// <param name="other">The items.</param>
    /// <returns>Whether it has.</returns>
    bool SetEquals(IEnumerable<T> other);

    /// <summary>Returns whether all items of the set are in <paramref name="other"/>.</summary>
    /// <param name="other">The items.</param>
    /// <returns>Whether they are.</returns>
    bool IsSubsetOf(IEnumerable<T> other);

    /// <summary>Returns whether all items of <paramref name="other"/> are in the set.</summary>
    /// <param name="other">The items.</param>
    /// <returns>Whether they are.</returns>
    bool IsSupersetOf(IEnumerable<T> other);

    /// <summary>Returns whether an item of <paramref name="other"/> is in the set.</summary>
    /// <param name="other">The items.</param>
    /// <returns>Whether one is.</returns>
    bool Overlaps(IEnumerable<T> other);

    /// <summary>Returns a copy of the set, taken in one step.</summary>
    /// <returns>The copy.</returns>
    HashSet<T> GetValue();

    /// <inheritdoc cref="GetValue"/>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask<HashSet<T>> GetValueAsync(CancellationToken cancellationToken = default);
}
