using System.Numerics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// Atomic reads, writes and changes of one element, for all processes. A type of 1, 2, 4 or 8 bytes is handled as an integer of that size, so values
/// are compared bit by bit. All conditions on types are constants for the compiler. Every change is one instruction or a loop around one: killed at
/// any point, a change is complete or did not happen. Reads have acquire semantics, writes release semantics, and changes are full fences.
/// </summary>
internal static unsafe class SharedAtomics
{
    public static T Read<T>(ref T at)
        where T : unmanaged => sizeof(T) switch
        {
            1 => Unsafe.BitCast<byte, T>(Volatile.Read(ref Unsafe.As<T, byte>(ref at))),
            2 => Unsafe.BitCast<short, T>(Volatile.Read(ref Unsafe.As<T, short>(ref at))),
            4 => Unsafe.BitCast<int, T>(Volatile.Read(ref Unsafe.As<T, int>(ref at))),
            8 => Unsafe.BitCast<long, T>(Volatile.Read(ref Unsafe.As<T, long>(ref at))),
            _ => at,
        };

    public static void Write<T>(ref T at, T value)
        where T : unmanaged
    {
        switch (sizeof(T))
        {
            case 1:
                Volatile.Write(ref Unsafe.As<T, byte>(ref at), Unsafe.BitCast<T, byte>(value));
                break;
            case 2:
                Volatile.Write(ref Unsafe.As<T, short>(ref at), Unsafe.BitCast<T, short>(value));
                break;
            case 4:
                Volatile.Write(ref Unsafe.As<T, int>(ref at), Unsafe.BitCast<T, int>(value));
                break;
            case 8:
                Volatile.Write(ref Unsafe.As<T, long>(ref at), Unsafe.BitCast<T, long>(value));
                break;
            default:
                at = value;
                break;
        }
    }

    public static T Exchange<T>(ref T at, T value)
        where T : unmanaged => sizeof(T) switch
        {
            1 => Unsafe.BitCast<byte, T>(Interlocked.Exchange(ref Unsafe.As<T, byte>(ref at), Unsafe.BitCast<T, byte>(value))),
            2 => Unsafe.BitCast<short, T>(Interlocked.Exchange(ref Unsafe.As<T, short>(ref at), Unsafe.BitCast<T, short>(value))),
            4 => Unsafe.BitCast<int, T>(Interlocked.Exchange(ref Unsafe.As<T, int>(ref at), Unsafe.BitCast<T, int>(value))),
            8 => Unsafe.BitCast<long, T>(Interlocked.Exchange(ref Unsafe.As<T, long>(ref at), Unsafe.BitCast<T, long>(value))),
            _ => throw NotOfSize<T>(nameof(Exchange)),
        };

    public static T CompareExchange<T>(ref T at, T value, T comparand)
        where T : unmanaged => sizeof(T) switch
        {
            1 => Unsafe.BitCast<byte, T>(Interlocked.CompareExchange(
                ref Unsafe.As<T, byte>(ref at), Unsafe.BitCast<T, byte>(value), Unsafe.BitCast<T, byte>(comparand))),
            2 => Unsafe.BitCast<short, T>(Interlocked.CompareExchange(
                ref Unsafe.As<T, short>(ref at), Unsafe.BitCast<T, short>(value), Unsafe.BitCast<T, short>(comparand))),
            4 => Unsafe.BitCast<int, T>(Interlocked.CompareExchange(
                ref Unsafe.As<T, int>(ref at), Unsafe.BitCast<T, int>(value), Unsafe.BitCast<T, int>(comparand))),
            8 => Unsafe.BitCast<long, T>(Interlocked.CompareExchange(
                ref Unsafe.As<T, long>(ref at), Unsafe.BitCast<T, long>(value), Unsafe.BitCast<T, long>(comparand))),
            _ => throw NotOfSize<T>(nameof(CompareExchange)),
        };

    /// <returns>The sum. Integers wrap around.</returns>
    public static T Add<T>(ref T at, T value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(int) || typeof(T) == typeof(uint) || (IsNative<T>() && sizeof(T) == 4))
        {
            return Unsafe.BitCast<int, T>(Interlocked.Add(ref Unsafe.As<T, int>(ref at), Unsafe.BitCast<T, int>(value)));
        }

        if (typeof(T) == typeof(long) || typeof(T) == typeof(ulong) || (IsNative<T>() && sizeof(T) == 8))
        {
            return Unsafe.BitCast<long, T>(Interlocked.Add(ref Unsafe.As<T, long>(ref at), Unsafe.BitCast<T, long>(value)));
        }

        while (true)
        {
            var seen = Read(ref at);
            var sum = Sum(seen, value);
            if (SameBits(CompareExchange(ref at, sum, seen), seen))
            {
                return sum;
            }
        }
    }

    public static T Increment<T>(ref T at)
        where T : unmanaged => Add(ref at, Number<T>(1, nameof(Increment)));

    public static T Decrement<T>(ref T at)
        where T : unmanaged => Add(ref at, Number<T>(-1, nameof(Decrement)));

    /// <returns>The original value.</returns>
    public static T And<T>(ref T at, T value)
        where T : unmanaged
    {
        ThrowUnlessBits<T>(nameof(And));
        if (sizeof(T) == 4)
        {
            return Unsafe.BitCast<int, T>(Interlocked.And(ref Unsafe.As<T, int>(ref at), Unsafe.BitCast<T, int>(value)));
        }

        if (sizeof(T) == 8)
        {
            return Unsafe.BitCast<long, T>(Interlocked.And(ref Unsafe.As<T, long>(ref at), Unsafe.BitCast<T, long>(value)));
        }

        while (true)
        {
            var seen = Read(ref at);
            if (SameBits(CompareExchange(ref at, FromBits<T>(Bits(seen) & Bits(value)), seen), seen))
            {
                return seen;
            }
        }
    }

    /// <returns>The original value.</returns>
    public static T Or<T>(ref T at, T value)
        where T : unmanaged
    {
        ThrowUnlessBits<T>(nameof(Or));
        if (sizeof(T) == 4)
        {
            return Unsafe.BitCast<int, T>(Interlocked.Or(ref Unsafe.As<T, int>(ref at), Unsafe.BitCast<T, int>(value)));
        }

        if (sizeof(T) == 8)
        {
            return Unsafe.BitCast<long, T>(Interlocked.Or(ref Unsafe.As<T, long>(ref at), Unsafe.BitCast<T, long>(value)));
        }

        while (true)
        {
            var seen = Read(ref at);
            if (SameBits(CompareExchange(ref at, FromBits<T>(Bits(seen) | Bits(value)), seen), seen))
            {
                return seen;
            }
        }
    }

    private static bool IsNative<T>() => typeof(T) == typeof(nint) || typeof(T) == typeof(nuint);

    private static T Sum<T>(T left, T right)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
        {
            return Sum<T, double>(left, right);
        }

        if (typeof(T) == typeof(float))
        {
            return Sum<T, float>(left, right);
        }

        if (typeof(T) == typeof(Half))
        {
            return Sum<T, Half>(left, right);
        }

        if (typeof(T) == typeof(byte) || typeof(T) == typeof(sbyte) || typeof(T) == typeof(short) || typeof(T) == typeof(ushort))
        {
            return FromBits<T>(Bits(left) + Bits(right));
        }

        throw NotANumber<T>(nameof(Add));
    }

    private static T Sum<T, TNumber>(T left, T right)
        where T : unmanaged
        where TNumber : unmanaged, IAdditionOperators<TNumber, TNumber, TNumber> =>
        Unsafe.BitCast<TNumber, T>(Unsafe.BitCast<T, TNumber>(left) + Unsafe.BitCast<T, TNumber>(right));

    private static T Number<T>(int value, string operation)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
        {
            return Unsafe.BitCast<double, T>(value);
        }

        if (typeof(T) == typeof(float))
        {
            return Unsafe.BitCast<float, T>(value);
        }

        if (typeof(T) == typeof(Half))
        {
            return Unsafe.BitCast<Half, T>((Half)value);
        }

        return IsInteger<T>() ? FromBits<T>(value) : throw NotANumber<T>(operation);
    }

    private static bool IsInteger<T>() =>
        typeof(T) == typeof(int) || typeof(T) == typeof(uint) || typeof(T) == typeof(long) || typeof(T) == typeof(ulong) || IsNative<T>()
        || typeof(T) == typeof(byte) || typeof(T) == typeof(sbyte) || typeof(T) == typeof(short) || typeof(T) == typeof(ushort);

    private static void ThrowUnlessBits<T>(string operation)
    {
        if (!IsInteger<T>() && typeof(T) != typeof(bool) && !typeof(T).IsEnum)
        {
            throw new NotSupportedException($"{typeof(T)} has no atomic {operation}; integers, enumerations and bool have. Change it inside Lock.");
        }
    }

    /// <summary>Returns the bits of a value of 1, 2, 4 or 8 bytes.</summary>
    private static long Bits<T>(T value)
        where T : unmanaged => sizeof(T) switch
        {
            1 => Unsafe.BitCast<T, byte>(value),
            2 => Unsafe.BitCast<T, short>(value),
            4 => Unsafe.BitCast<T, int>(value),
            _ => Unsafe.BitCast<T, long>(value),
        };

    private static T FromBits<T>(long bits)
        where T : unmanaged => sizeof(T) switch
        {
            1 => Unsafe.BitCast<byte, T>((byte)bits),
            2 => Unsafe.BitCast<short, T>((short)bits),
            4 => Unsafe.BitCast<int, T>((int)bits),
            _ => Unsafe.BitCast<long, T>(bits),
        };

    /// <summary>Compares bits: as numbers, two NaN are unequal, and -0 and 0 are equal.</summary>
    private static bool SameBits<T>(T left, T right)
        where T : unmanaged => Bits(left) == Bits(right);

    private static NotSupportedException NotOfSize<T>(string operation)
        where T : unmanaged =>
        new($"{typeof(T)} has no atomic {operation}: it has {sizeof(T)} bytes, and the processor exchanges 1, 2, 4 or 8 bytes in one step. Change "
            + "it inside Lock.");

    private static NotSupportedException NotANumber<T>(string operation) =>
        new($"{typeof(T)} has no atomic {operation}; integers of up to 8 bytes, Half, float and double have. Change it inside Lock, or in a loop of "
            + "CompareExchange.");
}
