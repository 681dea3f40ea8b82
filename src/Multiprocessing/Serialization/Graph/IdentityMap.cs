using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// Numbers objects by identity, in the order in which they are added. Few objects are searched one by one, which is faster than hashing; many by
/// hash.
/// </summary>
internal sealed class IdentityMap
{
    private const int Linear = 8;

    /// <summary>Arrays larger than this are not kept after the message.</summary>
    private const int KeepCapacity = 16 * 1024;

    private object[] _objects = new object[Linear];

    /// <summary>A hash table with open addressing. An entry is the number plus one, or 0.</summary>
    private int[] _slots = [];
    private int _count;

    /// <summary>Adds an object; returns <see langword="false"/> and its earlier number if it was added before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(object value, out int number)
    {
        var objects = _objects;
        var count = _count;
        if (count < Linear)
        {
            for (var i = 0; i < count; i++)
            {
                if (ReferenceEquals(objects[i], value))
                {
                    number = i;
                    return false;
                }
            }

            objects[count] = value;
            number = count;
            _count = count + 1;
            return true;
        }

        return TryAddHashed(value, out number);
    }

    public void Clear()
    {
        if (_count == 0)
        {
            return;
        }

        if (_objects.Length > KeepCapacity)
        {
            _objects = new object[Linear];
            _slots = [];
        }
        else
        {
            Array.Clear(_objects, 0, _count);
            if (_count >= Linear)
            {
                Array.Clear(_slots);
            }
        }

        _count = 0;
    }

    private bool TryAddHashed(object value, out int number)
    {
        if (_count * 2 >= _slots.Length || _count == Linear)
        {
            Rehash();
        }

        var mask = _slots.Length - 1;
        var at = Spread(RuntimeHelpers.GetHashCode(value)) & mask;
        while (_slots[at] is var entry and not 0)
        {
            if (ReferenceEquals(_objects[entry - 1], value))
            {
                number = entry - 1;
                return false;
            }

            at = (at + 1) & mask;
        }

        if (_count == _objects.Length)
        {
            Array.Resize(ref _objects, _count * 2);
        }

        number = _count++;
        _objects[number] = value;
        _slots[at] = number + 1;
        return true;
    }

    private void Rehash()
    {
        var size = Math.Max(_slots.Length, 4 * Linear);
        while (size <= _count * 2)
        {
            size *= 2;
        }

        if (size > _slots.Length)
        {
            _slots = new int[size];
        }
        else
        {
            Array.Clear(_slots);
        }

        for (var i = 0; i < _count; i++)
        {
            var at = Spread(RuntimeHelpers.GetHashCode(_objects[i])) & (size - 1);
            while (_slots[at] != 0)
            {
                at = (at + 1) & (size - 1);
            }

            _slots[at] = i + 1;
        }
    }

    private static int Spread(int hash) => (int)(((uint)hash * 0x9E3779B9u) >> 7);
}
