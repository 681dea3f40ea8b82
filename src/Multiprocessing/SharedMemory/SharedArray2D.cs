using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// An array of rows and columns that processes share, row after row in one piece. It crosses as <see cref="SharedArray{T}"/> does, and what is said there of spans, of order
/// between processes and of <see cref="Dispose"/> holds here.
/// </summary>
/// <typeparam name="T">Any type without references, also one with several fields.</typeparam>
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
    /// <summary>Creates an array, all of it zero.</summary>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is negative, or together they are more than 2,147,483,647 elements.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    public SharedArray2D(int rows, int columns)
        : this(new SharedArray<T>(Count(rows, columns)), rows, columns)
    {
    }

    /// <summary>Creates an array with the elements of another one.</summary>
    /// <param name="content">What to copy.</param>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
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

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>How many columns.</summary>
    public int Columns { get; }

    /// <summary>All elements, row after row, with the atomic operations; <see cref="IndexOf"/> says where each is. It is disposed with this object.</summary>
    public SharedArray<T> Elements { get; }

    /// <inheritdoc cref="SharedArray{T}.Lock"/>
    public ProcessLock Lock => Elements.Lock;

    /// <summary>An element; see <see cref="SharedArray{T}.this[int]"/>.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="column">Its column.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T this[int row, int column]
    {
        get => Elements[IndexOf(row, column)];
        set => Elements[IndexOf(row, column)] = value;
    }

    /// <summary>The place of an element in <see cref="Elements"/>.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="column">Its column.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public int IndexOf(int row, int column)
    {
        if ((uint)row >= (uint)Rows || (uint)column >= (uint)Columns)
        {
            ThrowOutside(row, column);
        }

        return (row * Columns) + column;
    }

    /// <summary>The elements of a row, which are in all processes the same.</summary>
    /// <param name="row">Which one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public Span<T> Row(int row) => Elements.Span.Slice(StartOf(row), Columns);

    /// <summary>The elements of a row, for asynchronous code.</summary>
    /// <inheritdoc cref="Row"/>
    public Memory<T> RowMemory(int row) => Elements.Memory.Slice(StartOf(row), Columns);

    /// <summary>Copies all elements into an array of this process.</summary>
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
            throw new InvalidDataException($"The handle of an array of {elements.Length} elements names {rows} rows of {columns}: the message is damaged.");
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
            : throw new ArgumentOutOfRangeException(nameof(rows), rows, $"{rows} rows of {columns} are more than {int.MaxValue} elements. Use a SharedMemory, which may be larger.");
    }

    private int StartOf(int row) => (uint)row < (uint)Rows ? row * Columns : throw new ArgumentOutOfRangeException(nameof(row), row, $"The array has {Rows} rows.");

    private void ThrowOutside(int row, int column) => throw new ArgumentOutOfRangeException(
        (uint)row >= (uint)Rows ? nameof(row) : nameof(column), $"There is no element in row {row}, column {column}: the array has {Rows} rows of {Columns}.");
}
