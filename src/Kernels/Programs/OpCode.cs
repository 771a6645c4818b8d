namespace Distributed.Keops.Kernels.Programs;

/// <summary>
/// The operations of a program. Element-wise ones act component by component, an operand of length 1 being broadcast;
/// the last group moves or folds components.
/// </summary>
public enum OpCode
{
    /// <summary>A number known when the program is built (<see cref="Value.Number"/>).</summary>
    Constant,

    /// <summary>A value given from outside (<see cref="Value.Input"/>).</summary>
    Input,

    /// <summary>a + b.</summary>
    Add,

    /// <summary>a − b.</summary>
    Subtract,

    /// <summary>a · b.</summary>
    Multiply,

    /// <summary>a / b.</summary>
    Divide,

    /// <summary>a · b + c, rounded once.</summary>
    MultiplyAdd,

    /// <summary>c − a · b, rounded once.</summary>
    NegateMultiplyAdd,

    /// <summary>−a.</summary>
    Negate,

    /// <summary>|a|.</summary>
    Abs,

    /// <summary>a &lt; b ? a : b, so b when either is NaN.</summary>
    Min,

    /// <summary>a &gt; b ? a : b, so b when either is NaN.</summary>
    Max,

    /// <summary>√a, correctly rounded.</summary>
    Sqrt,

    /// <summary>1/√a, +∞ at 0.</summary>
    ReciprocalSqrt,

    /// <summary>1/a.</summary>
    Reciprocal,

    /// <summary>e^a.</summary>
    Exp,

    /// <summary>2^a; results below the smallest normal number are 0.</summary>
    Exp2,

    /// <summary>ln a.</summary>
    Log,

    /// <summary>sin a.</summary>
    Sin,

    /// <summary>cos a.</summary>
    Cos,

    /// <summary>arcsin a.</summary>
    Asin,

    /// <summary>arccos a.</summary>
    Acos,

    /// <summary>arctan a.</summary>
    Atan,

    /// <summary>The angle of the point (b, a).</summary>
    Atan2,

    /// <summary>a^b.</summary>
    Pow,

    /// <summary>The largest integer not above a.</summary>
    Floor,

    /// <summary>a without its fraction.</summary>
    Truncate,

    /// <summary>a &lt; b; false when either is NaN.</summary>
    LessThan,

    /// <summary>a ≤ b; false when either is NaN.</summary>
    LessOrEqual,

    /// <summary>a = b; false when either is NaN.</summary>
    Equal,

    /// <summary>Both masks.</summary>
    And,

    /// <summary>Either mask.</summary>
    Or,

    /// <summary>The opposite mask.</summary>
    Not,

    /// <summary>mask ? a : b.</summary>
    Select,

    /// <summary>The sum of all components, in ascending order.</summary>
    Sum,

    /// <summary>The largest component: from the first on, each later one that is larger. So NaN where the first is.</summary>
    Largest,

    /// <summary>The smallest component, NaN treated alike.</summary>
    Smallest,

    /// <summary><see cref="Value.Length"/> components from <see cref="Value.Start"/> on.</summary>
    Extract,

    /// <summary>The operands' components one after the other.</summary>
    Concat,

    /// <summary>A single component repeated.</summary>
    Broadcast,

    /// <summary>Component k is component <see cref="Value.Map"/>[k] of the operand.</summary>
    Gather,
}
