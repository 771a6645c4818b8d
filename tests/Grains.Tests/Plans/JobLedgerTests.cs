using CsCheck;
using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Grains.Tests.Plans;

public class JobLedgerTests
{
    /// <summary>Whatever order receipts come in, whoever is lost meanwhile, every root
    /// ends up as the tree's own merge of its leaves.</summary>
    [Fact]
    public void Any_order_of_events_ends_with_the_same_result()
    {
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 13], Gen.Int[1, 8], Gen.Int[0, int.MaxValue - 1])
            .Sample((batches, blocks, leaves, atLeast, seed) =>
        {
            var plan = new Plan(batches, blocks * 64L, leaves * 10L - 3, 64, 10);
            var ledger = new JobLedger(plan, plan.Cut(1, atLeast * 4));
            Play(plan, ledger, new Random(seed));
            foreach (var root in ledger.Roots) Assert.Equal(Expected(plan, root), ledger[root]!.Checksum);
        }, iter: 1000);
    }

    [Fact]
    public void Every_task_is_handed_out_once_where_nothing_goes_wrong()
    {
        var plan = new Plan(1, 64, 70, 64, 10);
        var ledger = new JobLedger(plan, plan.Cut(1, 100));
        Assert.Equal(7, ledger.TaskCount);
        var taken = new List<PlanTask>();
        while (ledger.TryTake(_ => true, out var slot))
        {
            taken.Add(slot);
            ledger.Fill(slot, new SlotFill("e", (ulong)taken.Count, null));
        }

        Assert.True(ledger.IsComplete);
        // 7 leaves: (0,6) is an only child and so stands for (1,3) too.
        Assert.Equal(7 + 6, taken.Count);
        Assert.Equal(taken.Count, taken.Distinct().Count());
        Assert.Equal(plan.Root, taken[^1].Node);
    }

    [Fact]
    public void A_second_receipt_changes_nothing_and_must_agree()
    {
        var plan = new Plan(1, 64, 10, 64, 10);
        var ledger = new JobLedger(plan, plan.Cut(1, 1));
        Assert.True(ledger.TryTake(_ => true, out var slot));
        Assert.True(ledger.Fill(slot, new SlotFill("a", 1, "w1")));
        Assert.False(ledger.Fill(slot, new SlotFill("a", 1, "w2")));
        Assert.False(ledger.Fill(slot, new SlotFill("other engine", 2, "w2")));
        Assert.Equal("w1", ledger[slot]!.Holder);
        Assert.Throws<NondeterministicTaskException>(() => ledger.Fill(slot, new SlotFill("a", 2, "w2")));
    }

    [Fact]
    public void A_task_that_fails_four_times_is_given_up_with_all_causes()
    {
        var plan = new Plan(1, 64, 10, 64, 10);
        var ledger = new JobLedger(plan, plan.Cut(1, 1));
        for (var n = 1; n <= 4; n++)
        {
            Assert.True(ledger.TryTake(_ => true, out var slot));
            var causes = ledger.Fail(slot, $"cause {n}");
            if (n < 4) Assert.Null(causes);
            else Assert.Equal(["cause 1", "cause 2", "cause 3", "cause 4"], causes);
        }
    }

    [Fact]
    public void What_is_lost_below_a_standing_root_is_not_missed()
    {
        var plan = new Plan(1, 64, 20, 64, 10);
        var ledger = new JobLedger(plan, plan.Cut(1, 100));
        for (var n = 0; n < 2; n++)
        {
            ledger.TryTake(_ => true, out var leaf);
            ledger.Fill(leaf, new SlotFill("e", 1, "lost"));
        }

        Assert.True(ledger.TryTake(_ => true, out var merge));
        ledger.Fill(merge, new SlotFill("e", 2, "kept"));
        ledger.LoseHolder("lost");
        Assert.True(ledger.IsComplete);
        Assert.False(ledger.TryTake(_ => true, out _));
    }

    [Fact]
    public void A_merge_that_nobody_needs_any_more_is_not_handed_out_without_its_children()
    {
        var plan = new Plan(1, 64, 40, 64, 10);
        var ledger = new JobLedger(plan, plan.Cut(1, 100));
        while (ledger.TryTake(_ => true, out var slot) && slot.Node != plan.Root)
            ledger.Fill(slot, new SlotFill("e", 1, slot.Node.Level == 0 ? "leaves" : "merges"));
        var root = ledger.Roots[0];
        ledger.GiveBack(root);
        // The merges below the root are due again; then the root's own receipt comes late, and the leaves are lost.
        ledger.LoseHolder("merges");
        ledger.Fill(root, new SlotFill("e", 1, null));
        ledger.LoseHolder("leaves");
        Assert.True(ledger.IsComplete);
        Assert.False(ledger.TryTake(_ => true, out _));
    }

    static void Play(Plan plan, JobLedger ledger, Random random)
    {
        var hand = new List<PlanTask>();
        for (var step = 0; !ledger.IsComplete; step++)
        {
            Assert.True(step < 20_000, "The ledger does not end.");
            // After a while only work is done, so that chance can't play for ever.
            switch (step < 2000 ? random.Next(12) : random.Next(8))
            {
                case < 4:
                    if (ledger.TryTake(_ => random.Next(3) > 0, out var slot))
                    {
                        if (ledger.IsMerge(slot))
                        {
                            var (left, right) = JobLedger.Children(slot);
                            Assert.NotNull(ledger[left]);
                            Assert.NotNull(ledger[right]);
                        }

                        hand.Add(slot);
                    }

                    break;
                case < 8 when hand.Count > 0:
                    var at = random.Next(hand.Count);
                    ledger.Fill(hand[at], new SlotFill("e", Expected(plan, hand[at]), random.Next(3) is var w and > 0 ? $"w{w}" : null));
                    // Now and then a receipt comes twice.
                    if (random.Next(8) > 0) hand.RemoveAt(at);
                    break;
                case 8 when hand.Count > 0:
                    var back = random.Next(hand.Count);
                    ledger.GiveBack(hand[back]);
                    hand.RemoveAt(back);
                    break;
                case 9 when random.Next(4) == 0:
                    ledger.LoseHolder($"w{random.Next(1, 3)}");
                    break;
            }
        }
    }

    /// <summary>A checksum that tells every order of merging from every other.</summary>
    static ulong Expected(Plan plan, PlanTask slot)
    {
        if (slot.Node.Level == 0) return (ulong)slot.GetHashCode() * 31 + 7;
        var (left, right) = JobLedger.Children(slot);
        if (right.Node.LeafCount(plan.Leaves) == 0) return Expected(plan, left);
        return unchecked(Expected(plan, left) * 1_000_003 ^ Expected(plan, right) * 7919 + 13);
    }
}
