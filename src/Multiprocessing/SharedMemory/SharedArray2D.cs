using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// An array of rows and columns that processes share. The rows follow each other in one piece of memory. The remarks on <see cref="SharedArray{T}"/>
/// about sending, spans, synchronization and <see cref="Dispose"/> apply.
/// </summary>
/// <typeparam name="T">Any unmanaged type, also one with several fields.</typeparam>
/// <example>
/// <code>
/// using var image = new SharedArray2D&lt;byte>(rows: 1080, columns: 1920);
/// using var child = ChildProcess.Run(() => image.Row(0).Fill(255));
/// child.Wait();
/// Console.WriteLine(image[0, 1919]); // 255
/// </code>
/// </example>
[DebuggerDisplay("{Rows} x {Columns}")]
public sealed class SharedArray2D<T> : IProcessHandle<SharedArray2D<T>>, IDisposable
    where T : unmanaged
{
    /// <summary>Initializes a new instance of the <see cref="SharedArray2D{T}"/> class with all elements zero.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is negative, or the array would have more than 2,147,483,647 elements.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the memory.</exception>
    public SharedArray2D(int rows, int columns)
        : this(new SharedArray<T>(Count(rows, columns)), rows, columns)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="SharedArray2D{T}"/> class with the elements of another array.</summary>
    /// <param name="content">The elements to copy.</param>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the memory.</exception>
    public SharedArray2D(T[,] content)
        : this((content ?? throw new ArgumentNullException(nameof(content))).GetLength(0), content.GetLength(1))
    {
        if (content.Length > 0)
        {
            Elements.CopyFrom(MemoryMarshal.CreateReadOnlySpan(ref content[content.GetLowerBound(0), content.GetLowerBound(1)], content.Length));
        }
    }

    internal SharedArray2D(SharedArray<T> elements, int rows, int columns)
    {
        Elements = elements;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>Gets the number of rows.</summary>
    public int Rows { get; }

    /// <summary>Gets the number of columns.</summary>
    public int Columns { get; }

    /// <summary>
    /// Gets all elements, row after row, with the atomic operations; <see cref="IndexOf"/> returns the index of each. It is disposed with this
    /// object.
    /// </summary>
    public SharedArray<T> Elements { get; }

    /// <inheritdoc cref="SharedArray{T}.Lock"/>
    public ProcessLock Lock => Elements.Lock;

    /// <summary>Gets or sets an element; see <see cref="SharedArray{T}.this[int]"/>.</summary>
    /// <param name="row">The row of the element.</param>
    /// <param name="column">The column of the element.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T this[int row, int column]
    {
        get => Elements[IndexOf(row, column)];
        set => Elements[IndexOf(row, column)] = value;
    }

    /// <summary>Returns the index of an element in <see cref="Elements"/>.</summary>
    /// <param name="row">The row of the element.</param>
    /// <param name="column">The column of the element.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public int IndexOf(int row, int column)
    {
        if ((uint)row >= (uint)Rows || (uint)column >= (uint)Columns)
        {
            ThrowOutside(row, column);
        }

        return (row * Columns) + column;
    }

    /// <summary>Returns a span over the elements of a row. All processes access the same memory.</summary>
    /// <param name="row">The row.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public Span<T> Row(int row) => Elements.Span.Slice(StartOf(row), Columns);

    /// <summary>Returns the elements of a row for asynchronous code.</summary>
    /// <inheritdoc cref="Row"/>
    public Memory<T> RowMemory(int row) => Elements.Memory.Slice(StartOf(row), Columns);

    /// <summary>Copies all elements into a new array of this process.</summary>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T[,] ToArray()
    {
        var copy = new T[Rows, Columns];
        if (copy.Length > 0)
        {
            Elements.CopyTo(MemoryMarshal.CreateSpan(ref copy[0, 0], copy.Length));
        }

        return copy;
    }

    /// <inheritdoc cref="SharedArray{T}.Dispose"/>
    public void Dispose() => Elements.Dispose();

    void IProcessHandle<SharedArray2D<T>>.WriteHandle(HandleWriter writer)
    {
        Elements.Write(writer);
        writer.Write(Rows);
        writer.Write(Columns);
    }

    static SharedArray2D<T> IProcessHandle<SharedArray2D<T>>.ReadHandle(ref HandleReader reader)
    {
        var elements = SharedArray<T>.Read(ref reader);
        var rows = reader.Read<int>();
        var columns = reader.Read<int>();
        if (rows < 0 || columns < 0 || (long)rows * columns != elements.Length)
        {
            elements.Dispose();
            throw new InvalidDataException($"The handle of an array of {elements.Length} elements names {rows} rows of {columns}: the message is "
                + "damaged.");
        }

        return new SharedArray2D<T>(elements, rows, columns);
    }

    private static int Count(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        var count = (long)rows * columns;
        return count <= int.MaxValue
            ? (int)count
            : throw new ArgumentOutOfRangeException(nameof(rows), rows, $"{rows} rows of {columns} are more than {int.MaxValue} elements. Use a "
                + "SharedMemory, which may be larger.");
    }

    private int StartOf(int row) => (uint)row < (uint)Rows
        ? row * Columns
        : throw new ArgumentOutOfRangeException(nameof(row), row, $"The array has {Rows} rows.");

    private void ThrowOutside(int row, int column) => throw new ArgumentOutOfRangeException(
        (uint)row >= (uint)Rows ? nameof(row) : nameof(column), $"There is no element in row {row}, column {column}: the array has {Rows} rows of "
            + $"{Columns}.");
}
