using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Derivatives as formulas, which can be differentiated again.</summary>
public static class Derivatives
{
    /// <summary>
    /// (∂f/∂v)ᵀ e, of the variable's dimension. Reverse mode over the distinct sub-formulas: each is visited once, after all its uses have
    /// added to its cotangent, so the work is linear in their number.
    /// </summary>
    /// <exception cref="FormulaException">The cotangent's dimension is not the formula's, or an operation has no derivative.</exception>
    public static Formula Gradient(this Formula formula, Variable variable, Formula cotangent)
    {
        if (cotangent.Dim != formula.Dim)
            throw new FormulaException(
                $"Gradient of a formula of dimension {formula.Dim} with a cotangent of {cotangent.Dim}: expected equal ones.");
        var order = formula.Distinct();
        var active = new HashSet<Formula>();
        foreach (var node in order)
            if (node.AsVariable == variable || node.Arguments.Any(active.Contains)) active.Add(node);

        var cotangents = new Dictionary<Formula, Formula> { [formula] = cotangent };
        for (var n = order.Count - 1; n >= 0; n--)
        {
            var node = order[n];
            if (!active.Contains(node) || !cotangents.TryGetValue(node, out var e) || e.IsZero) continue;
            for (var k = 0; k < node.Arguments.Length; k++)
            {
                var argument = node.Arguments[k];
                if (!active.Contains(argument)) continue;
                if (node.Operation.Gradient is null) throw new FormulaException($"{node.Operation.Name} has no derivative.");
                var part = node.Operation.Gradient(node, k, e);
                cotangents[argument] = cotangents.TryGetValue(argument, out var sum) ? sum + part : part;
            }
        }

        return cotangents.GetValueOrDefault(Formula.Var(variable)) ?? Formula.Zero(variable.Dim);
    }

    /// <summary>
    /// (∂f/∂v) u, of the formula's dimension. The gradient is linear in its cotangent e, and its gradient by e is this: forward derivatives
    /// need no rules of their own.
    /// </summary>
    /// <exception cref="FormulaException">
    /// The direction's dimension is not the variable's, or an operation has no second derivative.
    /// </exception>
    public static Formula Differential(this Formula formula, Variable variable, Formula direction)
    {
        if (direction.Dim != variable.Dim)
            throw new FormulaException(
                $"Derivative by a variable of dimension {variable.Dim} along a vector of {direction.Dim}: expected equal ones.");
        var e = new Variable(Unused(formula, direction), formula.Dim, Category.Parameter);
        return formula.Gradient(variable, Formula.Var(e)).Gradient(e, direction);
    }

    /// <summary>The Jacobian matrix, row-major: block k of length v.Dim is the gradient of component k.</summary>
    /// <exception cref="FormulaException">The formula has too many components to take the gradient of each.</exception>
    public static Formula Jacobian(this Formula formula, Variable variable) =>
        Join(formula, "GradMatrix", k => Row(formula, variable, k), (a, b) => a.Concat(b));

    /// <summary>Σ_k ∂f_k/∂v_k, for a formula of the variable's dimension.</summary>
    /// <exception cref="FormulaException">The dimensions differ, or there are too many components.</exception>
    public static Formula Divergence(this Formula formula, Variable variable) =>
        formula.Dim == variable.Dim
            ? Join(formula, "Divergence", k => Row(formula, variable, k).Component(k), (a, b) => a + b)
            : throw new FormulaException(
                $"Divergence of a formula of dimension {formula.Dim} by a variable of {variable.Dim}: expected equal ones.");

    /// <summary>Σ_k ∂²f/∂v_k², for a formula of dimension 1.</summary>
    /// <exception cref="FormulaException">The formula's dimension is not 1.</exception>
    public static Formula Laplacian(this Formula formula, Variable variable) =>
        formula.Dim == 1
            ? formula.Gradient(variable, 1).Divergence(variable)
            : throw new FormulaException($"Laplacian of a formula of dimension {formula.Dim}: expected 1.");

    /// <summary>
    /// The trace of the matrix of a formula that is linear in the variable; a formula of dimension 1 counts for every component.
    /// </summary>
    /// <exception cref="FormulaException">The formula is not linear, or its dimension is neither 1 nor the variable's.</exception>
    public static Formula Trace(this Formula formula, Variable variable)
    {
        if (formula.Dim != 1 && formula.Dim != variable.Dim)
            throw new FormulaException(
                $"Trace of a formula of dimension {formula.Dim} by a variable of {variable.Dim}: expected equal ones, or 1.");
        RequireLinear("TraceOperator", formula, variable);
        return formula.Fit(variable.Dim).Divergence(variable);
    }

    /// <summary>Aᵀu, for a formula A·v that is linear in the variable v.</summary>
    /// <exception cref="FormulaException">The formula is not linear, or u has not its dimension.</exception>
    public static Formula Adjoint(this Formula formula, Variable variable, Formula u)
    {
        RequireLinear("AdjointOperator", formula, variable);
        return formula.Gradient(variable, u);
    }

    /// <summary>
    /// Whether the formula is linear in a variable, as its tree shows: it has no value at 0, and its derivatives do not depend on the
    /// variable.
    /// </summary>
    /// <exception cref="FormulaException">An operation has no derivative.</exception>
    public static bool IsLinear(this Formula formula, Variable variable)
    {
        if (!formula.Replace(Formula.Var(variable), Formula.Zero(variable.Dim)).IsZero) return false;
        var e = Formula.Var(Unused(formula), formula.Dim, Category.Parameter);
        return !formula.Gradient(variable, e).DependsOn(variable);
    }

    /// <summary>
    /// The variable that <c>Grad(f, v)</c> makes for the cotangent: the first index after those in use, the formula's dimension, and
    /// indexed by the
    /// other side than v.
    /// </summary>
    /// <exception cref="FormulaException">v is a parameter, which has no other side.</exception>
    public static Formula NewCotangent(Formula formula, Variable variable)
    {
        if (variable.Category == Category.Parameter)
            throw new FormulaException($"Grad by the parameter {Formula.Var(variable)} needs its cotangent as a third argument.");
        var last = formula.Variables().Select(v => v.Index).Append(variable.Index).Max();
        if (last == int.MaxValue) throw new FormulaException($"Grad: after position {last} there is no place for a new variable.");
        return Formula.Var(Math.Max(last, -1) + 1, formula.Dim, variable.Category == Category.I ? Category.J : Category.I);
    }

    static Formula Row(Formula formula, Variable variable, int k) => formula.Gradient(variable, Formula.Basis(formula.Dim, k));

    /// <summary>What is made of all components, joined by halves: with a level for each the tree would soon be too deep.</summary>
    static Formula Join(Formula formula, string name, Func<int, Formula> component, Func<Formula, Formula, Formula> join)
    {
        var parts = formula.Distinct().Count;
        if ((long)formula.Dim * parts > Formula.MaxSize)
            throw new FormulaException(
                $"{name} of {formula.Dim} components of {parts} distinct sub-formulas each: expected at most {Formula.MaxSize} in all.");
        return Part(0, formula.Dim);

        Formula Part(int from, int to)
        {
            if (to - from == 1) return component(from);
            var middle = from + (to - from) / 2;
            return join(Part(from, middle), Part(middle, to));
        }
    }

    static void RequireLinear(string name, Formula formula, Variable variable)
    {
        if (!formula.IsLinear(variable)) throw new FormulaException($"{name}: the formula is not linear in {Formula.Var(variable)}.");
    }

    static int Unused(params ReadOnlySpan<Formula> formulas)
    {
        var least = 0;
        foreach (var formula in formulas)
            foreach (var variable in formula.Variables()) least = Math.Min(least, variable.Index);
        return least > int.MinValue ? least - 1 : throw new FormulaException($"Below the index {least} there is none for a placeholder.");
    }
}
