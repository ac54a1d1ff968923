-- needs: resolve.sql
-- $1 institution. Whose purchase evidence these lines are: asked before they are taken out, and after they are written.
SELECT o.contact_id
FROM resolved r
JOIN order_line o
  ON o.institution_id = $1
 AND o.line_id = r.row_id
 AND o.opt_out_wording IS NOT NULL
WHERE r.outcome = 'changed'
   OR r.outcome = 'new' AND r.wording_id IS NOT NULL
