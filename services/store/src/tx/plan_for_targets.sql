SELECT set_config('enable_mergejoin', 'off', true),
       set_config('enable_hashagg', 'off', true),
       set_config('work_mem', '64MB', true)
